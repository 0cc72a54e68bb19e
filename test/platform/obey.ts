import {
  decodeRecord,
  encodeEvent,
  topicName,
  verifyEvent,
  type CommandIssued,
  type Jwks,
} from '@streamkeeper/contracts'
import type { EventLog, LogRecord, Subscription } from '@streamkeeper/pipeline'

export interface ObeyOptions {
  readonly log: EventLog
  readonly topicPrefix: string
  readonly group: string
  /** Read anew for each command: keys rotate. */
  readonly keys: () => Promise<Jwks>
  /** Carries the command out. Its answer goes back as the acknowledgement; commands come once here, however often they are sent. */
  readonly carryOut: (command: CommandIssued) => Promise<'done' | 'failed' | 'unknown-target' | 'refused'>
  readonly say: (line: string) => void
}

/** The platform's side of commands: verifies the signature, drops what came before or expired, carries out, acknowledges. */
export async function obeyCommands(options: ObeyOptions): Promise<Subscription> {
  const { log, topicPrefix, group } = options
  const answers = new Map<string, 'done' | 'failed' | 'unknown-target' | 'refused'>()
  return log.subscribe({
    group,
    topics: [topicName(topicPrefix, 'moderation.commands')],
    onBatch: async ({ records, assignment }) => {
      for (const record of records) {
        await answer(options, record, answers)
        await assignment.commit(record.offset)
      }
    },
  })
}

async function answer(
  options: ObeyOptions,
  record: LogRecord,
  answers: Map<string, 'done' | 'failed' | 'unknown-target' | 'refused'>,
): Promise<void> {
  const decoded = decodeRecord('moderation.commands', record)
  if ('rejection' in decoded || decoded.event.type !== 'moderation.command.issued') {
    options.say('a record on the commands topic is no command')
    return
  }
  const { data: command, attributes } = decoded.event
  if (!verifyEvent({ ...attributes, data: command }, await options.keys())) {
    options.say(`command ${command.commandId} has no valid signature and is not obeyed`)
    return
  }
  const known = answers.get(command.commandId)
  const isLate = new Date(command.expiresAt).getTime() < Date.now()
  const result = known ?? (isLate ? 'refused' : await options.carryOut(command))
  answers.set(command.commandId, result)
  if (known === undefined) options.say(`${command.action} ${command.streamId}: ${result}`)
  await acknowledge(options, command, result)
}

async function acknowledge(
  { log, topicPrefix }: ObeyOptions,
  { commandId, streamId }: CommandIssued,
  result: 'done' | 'failed' | 'unknown-target' | 'refused',
): Promise<void> {
  const time = new Date()
  const data = { streamId, commandId, result, acknowledgedAt: time.toISOString() }
  const id = `ack:${commandId}:${time.getTime()}`
  await log.publish([
    encodeEvent(topicPrefix, {
      type: 'live.command.acknowledged',
      id: id.slice(0, 256),
      source: '/test-platform',
      subject: streamId,
      time,
      data,
    }),
  ])
}
