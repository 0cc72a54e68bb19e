import { MediaHostError } from './media-host-error.js'

/** Milliseconds for each stage of one try, the look-up of the name included in `connect`. */
export interface StageTimes {
  readonly connect: number
  readonly firstByte: number
  readonly whole: number
}

/** The whole stays below the 20 s after which a silent step counts as stuck. */
const usualTimes: StageTimes = { connect: 5_000, firstByte: 10_000, whole: 15_000 }

interface Destroyable {
  destroy(error?: Error): unknown
}

/** The clock of one try: whatever is late, or not wanted any more, ends what is under way. */
export interface Stages {
  readonly isConnected: boolean
  /** Rejects when the time of the stage is over before the work is done. */
  within<T>(work: Promise<T>): Promise<T>
  began(request: Destroyable): void
  connected(): void
  answered(answer: Destroyable): void
  /** Stops the clock and closes what is open. */
  end(): void
}

export function startStages(signal: AbortSignal, times: StageTimes = usualTimes): Stages {
  const over = new AbortController()
  const late = (message: string, about: 'host' | 'media') => (): void => over.abort(new MediaHostError(message, about))
  const whole = setTimeout(late(`not done within ${times.whole} ms`, 'media'), times.whole)
  let stage = setTimeout(late(`no connection within ${times.connect} ms`, 'host'), times.connect)
  const stop = (): void => over.abort(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  const open: Destroyable[] = []
  const reason = (): Error => (over.signal.reason instanceof Error ? over.signal.reason : new Error('stopped'))
  over.signal.addEventListener('abort', () => open.at(-1)?.destroy(reason()), { once: true })
  const add = (one: Destroyable): void => {
    open.push(one)
    if (over.signal.aborted) one.destroy(reason())
  }
  let isConnected = false
  return {
    get isConnected() {
      return isConnected
    },
    within: (work) =>
      Promise.race([
        work,
        new Promise<never>((_, reject) =>
          over.signal.addEventListener('abort', () => reject(reason()), { once: true }),
        ),
      ]),
    began: add,
    connected: () => {
      isConnected = true
      clearTimeout(stage)
      stage = setTimeout(late(`no answer within ${times.firstByte} ms`, 'media'), times.firstByte)
    },
    answered: (answer) => {
      clearTimeout(stage)
      add(answer)
    },
    end: () => {
      for (const timer of [whole, stage]) clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      for (const one of open.toReversed()) one.destroy()
    },
  }
}
