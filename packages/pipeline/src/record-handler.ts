import type { ConsumeSettings, Rejection } from './consume-options.js'
import { ok, type Settled } from './outcome.js'
import type { LogRecord } from './ports/event-log.js'
import { runStep } from './run-step.js'
import type { RunContext } from './step.js'
import type { Suspects } from './suspects.js'

export interface HandlerParts {
  readonly settings: ConsumeSettings
  readonly context: RunContext
  readonly draining: AbortSignal
  readonly suspects: Suspects
  /** Stores the suspects before the process ends. */
  readonly saveSuspects: () => Promise<void>
}

interface Handling {
  readonly record: LogRecord
  readonly startedAt: number
  stage: string
}

/**
 * Brings one record to its end; the only place where outcomes become fates. Retriable: back-off inside `runStep`.
 * Poison: dead letter, acknowledged, then done. Unknown: a suspect, and thrown; the second time it is poison.
 */
export async function handleRecord(parts: HandlerParts, record: LogRecord, admitNext: () => void): Promise<void> {
  const handling: Handling = { record, startedAt: parts.settings.timing.now(), stage: 'process' }
  try {
    const settled = await runProcess(parts, handling, admitNext)
    await settle(parts, handling, settled)
  } catch (error) {
    const isFenced = parts.context.signal.aborted
    parts.settings.observer.recordFailed?.({ record, error, isFenced })
    if (isFenced) throw error
    await settleUnknown(parts, handling, error)
  }
}

function runProcess(parts: HandlerParts, handling: Handling, admitNext: () => void): Promise<Settled<unknown>> {
  const { settings, draining } = parts
  const context = { ...parts.context, entered: (step: string) => (handling.stage = step) }
  const step = {
    name: 'process',
    run: (record: LogRecord, inner: RunContext & { attempt: number }) =>
      settings.process(record, { ...inner, admitNext, draining }),
  }
  return runStep({ step, input: handling.record, runtime: { pipeline: settings.group, ...settings } }, context)
}

async function settle(parts: HandlerParts, handling: Handling, settled: Settled<unknown>): Promise<void> {
  switch (settled.kind) {
    case 'ok':
      return report(parts, handling, { fate: 'ok' })
    case 'drop':
      return report(parts, handling, { fate: 'drop', label: settled.reason })
    case 'dlq':
      return reject(parts, handling, settled)
  }
}

async function settleUnknown(parts: HandlerParts, handling: Handling, error: unknown): Promise<void> {
  const { offset } = handling.record
  if (parts.suspects.find(offset) !== undefined) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return reject(parts, handling, { code: 'UNKNOWN_FAILURE', message })
  }
  parts.suspects.add(offset, handling.startedAt)
  await parts.saveSuspects()
  throw error
}

async function reject(
  parts: HandlerParts,
  handling: Handling,
  { code, message }: Pick<Rejection, 'code' | 'message'>,
): Promise<void> {
  const { settings, context, suspects } = parts
  const suspect = suspects.find(handling.record.offset)
  const rejection: Rejection = {
    code,
    message,
    stage: handling.stage,
    attempts: (suspect?.attempts ?? 0) + 1,
    firstSeenAt: new Date(suspect?.firstSeenAt ?? handling.startedAt),
  }
  const step = { name: 'dead-letter', run: async () => ok(await settings.deadLetter(handling.record, rejection)) }
  await runStep({ step, input: undefined, runtime: { pipeline: settings.group, ...settings } }, context)
  report(parts, handling, { fate: 'dlq', label: code })
}

function report(
  { settings }: HandlerParts,
  { record, startedAt }: Handling,
  end: { fate: 'ok' | 'drop' | 'dlq'; label?: string },
): void {
  const { topic, partition } = record
  const durationMs = settings.timing.now() - startedAt
  settings.observer.recordSettled?.({ topic, partition, durationMs, ...end })
}
