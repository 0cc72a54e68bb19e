import { connect } from 'node:net'

/** What is said to a server and how much of the answer is waited for. */
export interface Exchange {
  readonly port: number
  readonly request: Buffer
  /** True when the answer is whole. Throws when it is not what was expected. */
  readonly isWhole: (answer: Buffer) => boolean
  readonly withinMs?: number
}

/** Sends bytes to a loopback port and returns the answer. Throws when it does not come in time. */
export function exchange({ port, request, isWhole, withinMs = 2000 }: Exchange): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let answer: Buffer = Buffer.alloc(0)
    const socket = connect(port, '127.0.0.1', () => socket.write(request))
    const end = (settle: () => void): void => {
      socket.destroy()
      settle()
    }
    socket.setTimeout(withinMs, () => end(() => reject(new Error('no answer'))))
    socket.once('error', (error) => end(() => reject(error)))
    socket.once('close', () => reject(new Error('closed without an answer')))
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk])
      try {
        if (isWhole(answer)) end(() => resolve(answer))
      } catch (error) {
        end(() => reject(error instanceof Error ? error : new Error(String(error))))
      }
    })
  })
}
