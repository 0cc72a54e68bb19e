import { noteAccess, openDatabase } from '@streamkeeper/database'
import { openEventLog, openSpool } from '@streamkeeper/engines'
import type { EventLog, ObjectStore } from '@streamkeeper/pipeline'
import { eventLogSettings, objectSettings, readConfig } from '@streamkeeper/runtime'
import type { Command } from 'commander'
import { readDeadLetters, type DeadLetter, type DeadLetterFilter } from '../dlq/read-dead-letters.js'
import { bytesOf, restoreRecord } from '../dlq/replay.js'
import { findRunning } from '../find-running.js'
import { exitCodes, printJson, printLine, UsageError } from '../output.js'

interface Options {
  readonly code?: string
  readonly topic?: string
  readonly since?: string
  readonly limit: string
  readonly raw?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
  readonly data?: string
}

/** `dlq list|show|replay`: what was rejected, why, and publishing it again once the reason is gone. */
export function addDlqCommand(program: Command): void {
  const dlq = program.command('dlq').description('Records that were rejected, with their bytes')
  const withFilter = (command: Command): Command =>
    command
      .option('--code <code>', 'only those of an error code, see docs/errors.md')
      .option('--topic <topic>', 'only those of a topic')
      .option('--since <time>', 'only those rejected since, RFC 3339')
      .option('--data <dir>', 'data folder of the running system')
  withFilter(dlq.command('list'))
    .description('The latest rejected records, oldest first')
    .option('--limit <number>', 'at most so many', '100')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', '\nExample:\n  streamkeeper dlq list --code STREAM_UNKNOWN --json')
    .action(list)
  withFilter(dlq.command('show <id>'))
    .description('One rejected record; its id is topic:partition:offset')
    .option('--raw', 'the bytes as they were published, and nothing else')
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  streamkeeper dlq show live.chat:3:1204 --raw > record.json')
    .action(show)
  withFilter(dlq.command('replay [id...]'))
    .description('Publishes rejected records again, to their own topics, byte for byte')
    .option('--dry-run', 'only say what would be published')
    .option('--json', 'one JSON object a line and a summary')
    .addHelpText('after', '\nExample:\n  streamkeeper dlq replay --code STREAM_UNKNOWN --since 2026-01-01T00:00:00Z')
    .action(replay)
}

interface Place {
  readonly log: EventLog
  readonly spool: ObjectStore
  readonly prefix: string
  /** Notes on the access log what is about to be shown or done: what cannot be noted does not happen. */
  readonly note: (what: string) => Promise<void>
}

async function withPlace<T>(data: string | undefined, work: (place: Place) => Promise<T>): Promise<T> {
  const { env } = await findRunning(data)
  const { config } = readConfig(eventLogSettings, env)
  const log = openEventLog(config, { clientId: 'streamkeeper-dlq' })
  const database = openDatabase({ url: config.databaseUrl, poolSize: 1 })
  const who = { actor: 'local', role: 'admin', reason: 'operations', caseId: null, streamId: null }
  const note = (what: string): Promise<void> => noteAccess(database, { ...who, what, at: new Date() })
  const spool = openSpool(readConfig(objectSettings, env).config)
  // The SDK's own chain reads the process.
  for (const [name, value] of Object.entries(env)) if (name.startsWith('AWS_')) process.env[name] ??= value
  try {
    return await work({ log, spool, note, prefix: env['STREAMKEEPER_TOPIC_PREFIX'] ?? '' })
  } finally {
    await Promise.all([log.close(), spool.close(), database.close()])
  }
}

function filterOf({ code, topic, since }: Options, ids?: readonly string[]): DeadLetterFilter {
  const from = since === undefined ? undefined : new Date(since)
  if (from !== undefined && Number.isNaN(from.getTime())) throw new UsageError('--since: a time as RFC 3339')
  return { code, topic, since: from, ids }
}

async function list(options: Options): Promise<void> {
  const limit = Number(options.limit)
  if (!Number.isInteger(limit) || limit < 1) throw new UsageError('--limit: a number from 1')
  const letters = await withPlace(options.data, ({ log, prefix }) => readDeadLetters(log, prefix, filterOf(options)))
  for (const letter of letters.slice(-limit)) {
    if (options.json === true) printJson(summarise(letter))
    else printLine(describe(letter))
  }
}

async function show(id: string, options: Options): Promise<void> {
  await withPlace(options.data, async ({ log, spool, prefix, note }) => {
    const [letter] = await readDeadLetters(log, prefix, filterOf(options, [id]))
    if (letter === undefined) throw new UsageError(`there is no dead letter ${id}: see \`dlq list\``)
    await note(`dlq show ${id}`)
    if (options.raw === true)
      return void process.stdout.write((await bytesOf(letter.rejected, spool)) ?? Buffer.alloc(0))
    if (options.json === true) return printJson({ id, ...letter.rejected })
    printLine(describe(letter))
    for (const [name, text] of Object.entries(letter.rejected.headers ?? {})) printLine(`header ${name}: ${text}`)
    const bytes = await bytesOf(letter.rejected, spool)
    return printLine(bytes === null ? 'its bytes are no longer kept' : `${bytes.length} bytes; see them with --raw`)
  })
}

async function replay(ids: readonly string[], options: Options): Promise<void> {
  if (ids.length === 0 && options.code === undefined && options.topic === undefined)
    throw new UsageError('name the records, or choose them by --code or --topic')
  const counts = { published: 0, refused: 0 }
  await withPlace(options.data, async ({ log, spool, prefix, note }) => {
    const letters = await readDeadLetters(log, prefix, filterOf(options, ids.length === 0 ? undefined : ids))
    for (const letter of letters) {
      const restored = await restoreRecord(letter, spool)
      if ('refused' in restored) counts.refused += 1
      else {
        if (options.dryRun !== true) {
          await note(`dlq replay ${letter.id}`)
          await log.publish([restored.record])
        }
        counts.published += 1
      }
      tell(letter, restored, options)
    }
  })
  if (options.json === true) printJson({ event: 'replayed', ...counts, dryRun: options.dryRun === true })
  else
    printLine(
      `${counts.published} published${options.dryRun === true ? ' (not really)' : ''}, ${counts.refused} refused`,
    )
  if (counts.refused > 0 || counts.published === 0) process.exitCode = exitCodes.no
}

function tell({ id }: DeadLetter, restored: Awaited<ReturnType<typeof restoreRecord>>, { json }: Options): void {
  const refused = 'refused' in restored ? restored.refused : null
  if (json === true)
    printJson({
      event: refused === null ? 'published' : 'refused',
      id,
      ...(refused === null ? {} : { reason: refused }),
    })
  else printLine(refused === null ? `published ${id}` : `refused ${id}: ${refused}`)
}

function summarise({ id, rejected }: DeadLetter): object {
  const { topic, key, code, message, stage, attempts, firstSeenAt } = rejected
  return { id, topic, key, code, message, stage, attempts, firstSeenAt }
}

function describe({ id, rejected: { firstSeenAt, code, stage, key, message } }: DeadLetter): string {
  return [firstSeenAt, code, id, stage, key ?? '(no key)', message].join('  ')
}
