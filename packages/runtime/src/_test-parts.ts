import { createLogger, type Logger } from './logger.js'
import { createMetrics, type Metrics } from './metrics.js'
import type { Part, PartContext } from './parts.js'

export interface LogLine {
  readonly level: string
  readonly msg: string
  readonly [field: string]: unknown
}

export interface Recorder {
  readonly logger: Logger
  readonly lines: LogLine[]
}

/** A logger that keeps its lines. */
export function recordLogs(): Recorder {
  const lines: LogLine[] = []
  const destination = { write: (line: string) => lines.push(JSON.parse(line) as LogLine) }
  return { logger: createLogger({ name: 'test', level: 'trace', destination }), lines }
}

export function testMetrics(): Metrics {
  return createMetrics('test', { processMetrics: false })
}

export const context: PartContext = {
  signal: new AbortController().signal,
  areDependenciesUp: () => Promise.resolve(true),
}

/** A part that writes down what is done with it. */
export function recordedPart(name: string, calls: string[], more: Partial<Part> = {}): Part {
  const call = (what: string) => () => {
    calls.push(`${what} ${name}`)
    return Promise.resolve()
  }
  return { name, start: call('start'), drain: call('drain'), stop: call('stop'), ...more }
}
