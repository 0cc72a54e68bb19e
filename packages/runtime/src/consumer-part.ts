import type { Consumer, ConsumerStats } from '@streamkeeper/pipeline'
import type { Part } from './parts.js'

export interface ConsumerPart extends Part {
  /** For the watchdog. Nothing before the start. */
  stats(): ConsumerStats
}

/** A consumer as a part: `createConsumerPart('consumer', () => consume({ … }))`. Its failure fails the service. */
export function createConsumerPart(name: string, begin: () => Promise<Consumer>): ConsumerPart {
  let consumer: Consumer | undefined
  return {
    name,
    start: async () => {
      consumer = await begin()
    },
    // The consumer's own stop drains within its drainTimeoutMs; its `drain` would wait for a dependency for ever.
    drain: async () => consumer?.stop(),
    stop: async () => consumer?.stop(),
    get ended() {
      return consumer?.ended
    },
    stats: () => consumer?.stats() ?? { partitions: [], lastTick: 0 },
  }
}
