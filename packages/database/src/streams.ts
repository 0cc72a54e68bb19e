import type { SessionStarted, StreamClass } from '@streamkeeper/contracts'
import type { LogRecord } from '@streamkeeper/pipeline'
import { and, eq, inArray, lte, or, sql } from 'drizzle-orm'
import { attempt } from './attempt.js'
import type { Queries } from './database.js'
import { streams } from './schema/index.js'

export type StreamRow = typeof streams.$inferSelect
type Origin = Pick<LogRecord, 'topic' | 'partition' | 'offset' | 'brokerAt'>

export interface NewStream {
  readonly start: SessionStarted
  /** The record that started it: a re-read of the same one is no reuse. */
  readonly origin: Origin
}

export type StartResult = 'started' | 'same' | 'reused'

/** Notes a new broadcast, unless the id was used before. */
export function startStream(queries: Queries, stream: NewStream): Promise<StartResult> {
  return insertStream(queries, stream, { state: 'live' })
}

/** Notes that the broadcast may not start; its later records are refused by it. */
export function refuseStream(
  queries: Queries,
  stream: NewStream & { readonly code: string; readonly message: string },
): Promise<StartResult> {
  return insertStream(queries, stream, { state: 'refused', refusedCode: stream.code, refusedMessage: stream.message })
}

async function insertStream(
  queries: Queries,
  { start, origin }: NewStream,
  state: Pick<typeof streams.$inferInsert, 'state' | 'refusedCode' | 'refusedMessage'>,
): Promise<StartResult> {
  return attempt(async () => {
    const row = { ...rowOf(start, origin), ...state }
    const inserted = await queries.orm
      .insert(streams)
      .values(row)
      .onConflictDoNothing()
      .returning({ id: streams.streamId })
    if (inserted.length > 0) return 'started'
    const known = await findStream(queries, start.streamId)
    const isSame =
      known?.originTopic === origin.topic &&
      known.originPartition === origin.partition &&
      known.originOffset === origin.offset
    return isSame ? 'same' : 'reused'
  })
}

function rowOf({ streamId, streamer, ingest, startedAt, ...start }: SessionStarted, origin: Origin) {
  return {
    streamId,
    accountId: streamer.accountId,
    nickname: streamer.nickname,
    title: start.title,
    class: start.class,
    language: start.language,
    region: start.region,
    tags: start.tags,
    roomId: start.roomId,
    address: ingest.address,
    port: ingest.port,
    startedAt: new Date(startedAt),
    viewers: start.viewers ?? 0,
    lastRecordAt: new Date(origin.brokerAt),
    originTopic: origin.topic,
    originPartition: origin.partition,
    originOffset: origin.offset,
  }
}

/** The streamers' nicknames of several streams, by stream. */
export async function findNicknames(
  { orm }: Queries,
  streamIds: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  if (streamIds.length === 0) return new Map()
  const columns = { streamId: streams.streamId, nickname: streams.nickname }
  const named = inArray(streams.streamId, [...streamIds])
  const rows = await attempt(() => orm.select(columns).from(streams).where(named))
  return new Map(rows.map(({ streamId, nickname }) => [streamId, nickname]))
}

export async function findStream(queries: Queries, streamId: string): Promise<StreamRow | null> {
  return (await findStreams(queries, [streamId]))[0] ?? null
}

/** The rows of those of the streams that were started, in no order. */
export async function findStreams({ orm }: Queries, streamIds: readonly string[]): Promise<readonly StreamRow[]> {
  return attempt(() =>
    orm
      .select()
      .from(streams)
      .where(inArray(streams.streamId, [...streamIds])),
  )
}

export interface StreamChange {
  readonly streamId: string
  readonly at: Date
  readonly viewers?: number | undefined
  readonly title?: string | undefined
  readonly class?: StreamClass | undefined
  readonly tags?: readonly string[] | undefined
  readonly region?: string | undefined
}

/** Notes a heartbeat or a change; what is not given stays. */
export async function touchStream(
  { orm }: Queries,
  { streamId, at, viewers, title, class: streamClass, tags, region }: StreamChange,
): Promise<void> {
  await attempt(() =>
    orm
      .update(streams)
      .set({ viewers, title, class: streamClass, tags, region, lastRecordAt: latest(at) })
      .where(eq(streams.streamId, streamId)),
  )
}

export interface StreamEnd {
  readonly streamId: string
  readonly endedAt: Date
  readonly reason: string
  readonly brokerAt: Date
}

/** Notes the end; the first one stands. */
export async function endStream({ orm }: Queries, { streamId, endedAt, reason, brokerAt }: StreamEnd): Promise<void> {
  await attempt(() =>
    orm
      .update(streams)
      .set({ state: 'ended', endedAt, endReason: reason, endBrokerAt: brokerAt })
      .where(and(eq(streams.streamId, streamId), eq(streams.state, 'live'))),
  )
}

export interface QuietQuestion {
  readonly now: Date
  /** An open window of a live stream is closed after so long without media. */
  readonly silenceMs: number
  /** The last window of an ended stream is closed so long after its end. */
  readonly graceMs: number
  /** A live stream without any record for so long is dead. */
  readonly deadMs: number
}

/** Streams that need tending: open windows that went silent or ended, and streams whose end was never told. */
export async function listQuietStreams(
  { orm }: Queries,
  { now, silenceMs, graceMs, deadMs }: QuietQuestion,
): Promise<readonly StreamRow[]> {
  const before = (ms: number): Date => new Date(now.getTime() - ms)
  return attempt(() =>
    orm
      .select()
      .from(streams)
      .where(
        or(
          and(eq(streams.state, 'live'), eq(streams.windowOpen, true), lte(streams.lastMediaAt, before(silenceMs))),
          and(eq(streams.state, 'ended'), eq(streams.windowOpen, true), lte(streams.endBrokerAt, before(graceMs))),
          and(eq(streams.state, 'live'), lte(streams.lastRecordAt, before(deadMs))),
        ),
      )
      .limit(200),
  )
}

/**
 * Notes that the window of a stream, as it was seen before its boundary was written, is closed; nothing happens when a
 * later one is open already. A segment noted since then may lie behind the boundary: the next window stays open for it.
 */
export async function advanceWindow(
  { orm }: Queries,
  { streamId, windowIndex, segmentCount }: Pick<StreamRow, 'streamId' | 'windowIndex' | 'segmentCount'>,
): Promise<void> {
  await attempt(() =>
    orm
      .update(streams)
      .set({
        windowIndex: windowIndex + 1,
        windowFromMs: sql`${streams.lengthMs}`,
        windowOpen: sql`${streams.segmentCount} <> ${segmentCount}`,
      })
      .where(and(eq(streams.streamId, streamId), eq(streams.windowIndex, windowIndex))),
  )
}

function latest(at: Date) {
  return sql`greatest(${streams.lastRecordAt}, ${at.toISOString()}::timestamptz)`
}
