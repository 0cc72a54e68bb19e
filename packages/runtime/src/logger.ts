import { pino, type Bindings, type ChildLoggerOptions, type DestinationStream, type Logger } from 'pino'
import { scrubFields, scrubText } from './scrub.js'

export type { Logger } from 'pino'

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

export type LogLevel = (typeof logLevels)[number]

export interface LoggerOptions {
  /** The service; stands in every line. */
  readonly name: string
  readonly level: LogLevel
  /** Default: standard error, written at once, so that nothing is lost when the process ends. */
  readonly destination?: DestinationStream
}

/**
 * JSON lines with `level` as a word, `time` in RFC 3339 and without secrets. Messages are fixed, what varies is a field:
 * `logger.warn({ err, topic }, 'topic differs from its spec')`.
 */
export function createLogger({ name, level, destination }: LoggerOptions): Logger {
  const logger = pino(
    {
      name,
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: (error: unknown) => error },
      formatters: { level: (label) => ({ level: label }), log: scrubFields },
      hooks: { streamWrite: scrubText },
    },
    destination ?? pino.destination({ fd: 2, sync: true }),
  )
  return scrubChildren(logger)
}

type Child = (this: Logger, bindings: Bindings, options?: ChildLoggerOptions) => Logger

/** pino does not ask a formatter for the bindings of a child. Children inherit this `child`. */
function scrubChildren(logger: Logger): Logger {
  const child = Reflect.get(logger, 'child') as unknown as Child
  return Object.assign(logger, {
    child(this: Logger, bindings: Bindings, options?: ChildLoggerOptions) {
      return child.call(this, scrubFields(bindings), options)
    },
  })
}
