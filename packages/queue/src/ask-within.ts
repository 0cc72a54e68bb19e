import { RetriableError } from '@streamkeeper/pipeline'

/** Tells work that has outlived its call. */
export interface Deadline {
  readonly hasPassed: boolean
}

// For one call, waiting for the connection included.
const callMs = 4_000

/**
 * Bounds a call, since a client without a connection may wait for one for ever. Work that is late must look at the
 * deadline before it changes anything: nobody waits for it any more. Throws RetriableError.
 */
export async function askWithin<T>(what: string, call: (deadline: Deadline) => Promise<T>): Promise<T> {
  const deadline = { hasPassed: false }
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      deadline.hasPassed = true
      reject(new RetriableError(`no answer within ${callMs} ms`))
    }, callMs)
  })
  const work = call(deadline)
  // When it lost the race its end is nobody's business any more.
  work.catch(() => undefined)
  try {
    return await Promise.race([work, late])
  } catch (error) {
    deadline.hasPassed = true
    throw new RetriableError(`queue ${what}: redis is away or busy`, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}

/** Throws when the call that this work belongs to was given up. */
export function checkInTime(deadline: Deadline): void {
  if (deadline.hasPassed) throw new RetriableError('the call was given up')
}
