import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { encodeEvent, encodeInlineSegment, StreamClass, type EventInput, type EventType } from '@streamkeeper/contracts'
import { createKafkaEventLog } from '@streamkeeper/kafka'
import { cutSegments, type CutSegment } from '@streamkeeper/media'
import type { EventLog } from '@streamkeeper/pipeline'
import type { Command } from 'commander'
import { findRunning } from '../find-running.js'
import { note, printJson, printLine, UsageError } from '../output.js'

interface Options {
  readonly stream: string
  readonly title?: string
  readonly class: string
  readonly streamer: string
  readonly realtime?: boolean
  readonly json?: boolean
  readonly data?: string
}

const source = '/streamkeeper/publish'

/** `publish`: a real file as a live stream: announced, segmented, published, ended. */
export function addPublishCommand(program: Command): void {
  program
    .command('publish <file...>')
    .description('Cuts files into segments of 2 s and publishes them as one live stream')
    .requiredOption('--stream <id>', 'stream id: one broadcast, not used before')
    .option('--title <text>', 'title; default: the name of the file')
    .option('--class <class>', 'class of the stream', 'entertainment')
    .option('--streamer <account>', 'account of the streamer', 'publish')
    .option('--realtime', 'a segment every 2 s; default: as fast as it goes')
    .option('--fast', 'as fast as it goes')
    .option('--json', 'one JSON line a segment and a summary')
    .option('--data <dir>', 'data folder of the running system')
    .addHelpText('after', '\nExample:\n  streamkeeper publish film.mp4 --stream film-1 --title "A film"')
    .action(publish)
}

async function publish(files: readonly string[], options: Options): Promise<void> {
  const streamClass = StreamClass.safeParse(options.class)
  if (!streamClass.success) throw new UsageError(`--class: one of ${StreamClass.options.join(', ')}`)
  const { env } = await findRunning(options.data)
  const log = createKafkaEventLog({
    brokers: (env['STREAMKEEPER_KAFKA_BROKERS'] ?? '').split(','),
    clientId: 'streamkeeper-publish',
  })
  const folder = await mkdtemp(join(tmpdir(), 'streamkeeper-publish-'))
  try {
    const sender = createSender(log, env['STREAMKEEPER_TOPIC_PREFIX'] ?? '', options.stream)
    await announce(sender, options, streamClass.data, basename(files[0] ?? ''))
    const sent = await sendFiles(sender, files, { folder, ...options })
    const endedAt = new Date().toISOString()
    await sender.event('live.session.ended', options.stream, { streamId: options.stream, endedAt, reason: 'normal' })
    if (options.json === true) printJson({ event: 'published', streamId: options.stream, ...sent })
    else printLine(`${options.stream}: ${sent.segments} segments, ${sent.durationMs} ms`)
  } finally {
    await log.close()
    await rm(folder, { recursive: true, force: true })
  }
}

interface Sender {
  event<Type extends EventType>(type: Type, subject: string, data: EventInput<Type>['data']): Promise<void>
  segment(
    segment: CutSegment,
    at: { readonly sequence: number; readonly streamTimeMs: number; readonly discontinuity: boolean },
  ): Promise<void>
}

function createSender(log: EventLog, prefix: string, streamId: string): Sender {
  return {
    event: async (type, subject, data) => {
      const time = new Date()
      await log.publish([
        encodeEvent(prefix, {
          type,
          id: `${subject}:${type}:${time.getTime()}`.slice(0, 256),
          source,
          subject,
          time,
          data,
        }),
      ])
    },
    segment: async ({ path, durationMs, mediaType, sha256 }, at) => {
      const data = { streamId, durationMs, mediaType, sha256, ...at }
      await log.publish([
        encodeInlineSegment(
          prefix,
          { id: `${streamId}:${at.sequence}`, source, subject: streamId, time: new Date(), data },
          await readFile(path),
        ),
      ])
    },
  }
}

async function announce(
  sender: Sender,
  { stream, title, streamer }: Options,
  streamClass: StreamClass,
  fallbackTitle: string,
): Promise<void> {
  const at = new Date().toISOString()
  await sender.event('live.account.updated', streamer, { accountId: streamer, realName: 'verified', updatedAt: at })
  await sender.event('live.session.started', stream, {
    streamId: stream,
    streamer: { accountId: streamer },
    title: title ?? fallbackTitle,
    class: streamClass,
    ingest: { address: '127.0.0.1', port: 0 },
    startedAt: at,
  })
}

async function sendFiles(
  sender: Sender,
  files: readonly string[],
  { folder, realtime, json }: { folder: string; realtime?: boolean; json?: boolean },
): Promise<{ segments: number; durationMs: number }> {
  const startedAt = Date.now()
  let sequence = 0
  let streamTimeMs = 0
  for (const [number, file] of files.entries()) {
    note(`cutting ${file}`)
    const segments = await cutSegments(file, await mkdtemp(join(folder, 'file-')), { segmentMs: 2_000 })
    for (const [index, segment] of segments.entries()) {
      if (realtime === true)
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, startedAt + streamTimeMs - Date.now())))
      await sender.segment(segment, { sequence, streamTimeMs, discontinuity: number > 0 && index === 0 })
      if (json === true)
        printJson({
          event: 'segment',
          sequence,
          streamTimeMs,
          durationMs: segment.durationMs,
          size: segment.size,
          sha256: segment.sha256,
        })
      sequence += 1
      streamTimeMs += segment.durationMs
    }
  }
  return { segments: sequence, durationMs: streamTimeMs }
}
