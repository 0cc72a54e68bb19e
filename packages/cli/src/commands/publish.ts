import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { StreamClass } from '@streamkeeper/contracts'
import { openEventLog } from '@streamkeeper/engines'
import { cutSegments, type CutSegment } from '@streamkeeper/media'
import { eventLogSettings, readConfig } from '@streamkeeper/runtime'
import type { Command } from 'commander'
import { findRunning } from '../find-running.js'
import { note, printJson, printLine, UsageError } from '../output.js'
import { createSender, type Sender } from './create-sender.js'
import { readChat, type ChatLine } from './read-chat.js'

interface Options {
  readonly stream: string
  readonly title?: string
  readonly class: string
  readonly streamer: string
  readonly chat?: string
  readonly realtime?: boolean
  readonly json?: boolean
  readonly data?: string
}

/** `publish`: a real file as a live stream: announced, segmented, published, ended. */
export function addPublishCommand(program: Command): void {
  program
    .command('publish <file...>')
    .description('Cuts files into segments of 2 s and publishes them as one live stream')
    .requiredOption('--stream <id>', 'stream id: one broadcast, not used before')
    .option('--title <text>', 'title; default: the name of the file')
    .option('--class <class>', 'class of the stream', 'entertainment')
    .option('--streamer <account>', 'account of the streamer', 'publish')
    .option('--chat <file>', 'JSON lines { "streamTimeMs", "text", "accountId"? }: said at their times')
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
  const chat = options.chat === undefined ? [] : await readChat(options.chat)
  const { env } = await findRunning(options.data)
  const log = openEventLog(readConfig(eventLogSettings, env).config, { clientId: 'streamkeeper-publish' })
  const folder = await mkdtemp(join(tmpdir(), 'streamkeeper-publish-'))
  try {
    const sender = createSender(log, env['STREAMKEEPER_TOPIC_PREFIX'] ?? '', options.stream)
    await announce(sender, options, streamClass.data, basename(files[0] ?? ''))
    const sent = await sendFiles(sender, files, { folder, chat, realtime: options.realtime, json: options.json })
    const endedAt = new Date().toISOString()
    await sender.event('live.session.ended', options.stream, { streamId: options.stream, endedAt, reason: 'normal' })
    if (options.json === true) printJson({ event: 'published', streamId: options.stream, ...sent })
    else printLine(`${options.stream}: ${sent.segments} segments, ${sent.durationMs} ms, ${sent.messages} messages`)
  } finally {
    await log.close()
    await rm(folder, { recursive: true, force: true })
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

interface Sending {
  readonly folder: string
  readonly chat: readonly ChatLine[]
  readonly realtime: boolean | undefined
  readonly json: boolean | undefined
}

async function sendFiles(
  sender: Sender,
  files: readonly string[],
  { folder, chat, realtime, json }: Sending,
): Promise<{ segments: number; durationMs: number; messages: number }> {
  const waitUntil = realtime === true ? createClock() : () => Promise.resolve()
  const lines = [...chat]
  let [sequence, streamTimeMs] = [0, 0]
  for (const [number, file] of files.entries()) {
    note(`cutting ${file}`)
    const segments = await cutSegments(file, await mkdtemp(join(folder, 'file-')), { segmentMs: 2_000 })
    for (const [index, segment] of segments.entries()) {
      await waitUntil(streamTimeMs)
      const at = { sequence, streamTimeMs, discontinuity: number > 0 && index === 0 }
      await sender.segment(segment, at)
      if (json === true) printSegment(segment, at)
      sequence += 1
      streamTimeMs += segment.durationMs
      await say(sender, takeBefore(lines, streamTimeMs), waitUntil)
    }
  }
  // What stands after the film is said at its end.
  await say(sender, lines, () => Promise.resolve())
  return { segments: sequence, durationMs: streamTimeMs, messages: chat.length }
}

/** Waits until so many milliseconds have passed since it was made. */
function createClock(): (ms: number) => Promise<void> {
  const startedAt = Date.now()
  return (ms) => new Promise((resolve) => setTimeout(resolve, Math.max(0, startedAt + ms - Date.now())))
}

function takeBefore(lines: ChatLine[], ms: number): ChatLine[] {
  const end = lines.findIndex((line) => line.streamTimeMs >= ms)
  return lines.splice(0, end === -1 ? lines.length : end)
}

async function say(
  sender: Sender,
  lines: readonly ChatLine[],
  waitUntil: (ms: number) => Promise<void>,
): Promise<void> {
  for (const line of lines) {
    await waitUntil(line.streamTimeMs)
    await sender.chat(line)
  }
}

function printSegment(
  { durationMs, size, sha256 }: CutSegment,
  { sequence, streamTimeMs }: { readonly sequence: number; readonly streamTimeMs: number },
): void {
  printJson({ event: 'segment', sequence, streamTimeMs, durationMs, size, sha256 })
}
