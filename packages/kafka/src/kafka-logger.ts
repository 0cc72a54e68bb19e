import kafkajs, { type LogEntry, type logCreator } from 'kafkajs'

// A CommonJS module: Node gives its values by the default export alone.
const { logLevel } = kafkajs

/** The parts of a logger that this room needs. */
export interface KafkaLogger {
  debug(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** kafkajs calls an outage an error many times a second; what matters comes back to us as an exception. */
export function createKafkaLogger(logger: KafkaLogger | undefined): logCreator {
  return () =>
    ({ level, namespace, log }: LogEntry) => {
      if (logger === undefined || level === logLevel.NOTHING) return
      const { message, timestamp: _, logger: __, stack: ___, ...fields } = log
      const isLoud =
        (level === logLevel.ERROR || level === logLevel.WARN) && !isPassing(`${message} ${String(log['error'])}`)
      const write = isLoud ? 'warn' : 'debug'
      logger[write]({ ...fields, namespace, detail: message }, 'kafkajs')
    }
}

/** What everybody gets to hear many times from a broker that has just begun, and what passes by itself. */
function isPassing(words: string): boolean {
  return /coordinator is (not available|loading)|find group coordinator|not the leader for that/.test(words)
}
