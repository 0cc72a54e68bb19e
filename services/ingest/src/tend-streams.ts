import { createHash } from 'node:crypto'
import { encodeEvent } from '@streamkeeper/contracts'
import { endStream, giveUpSequences, listGaps, listQuietStreams, type StreamRow } from '@streamkeeper/database'
import { source } from './caused.js'
import type { Deps } from './deps.js'
import { closeWindow } from './windows.js'

/** A sequence may come out of order for so long; then the hole is a gap. */
const waitForSequenceMs = 30_000
/** Late segments are taken for so long after the end; then the last window is closed. */
const graceMs = 60_000

export interface Tending extends Deps {
  readonly silenceMs: number
  readonly deadStreamMs: number
}

/** One round of what no record triggers: gaps, silence, streams whose end was never told. */
export async function tendStreams(deps: Tending, signal: AbortSignal): Promise<void> {
  const now = new Date(deps.now())
  for (const stream of await listQuietStreams(deps.database, {
    now,
    silenceMs: deps.silenceMs,
    graceMs,
    deadMs: deps.deadStreamMs,
  })) {
    signal.throwIfAborted()
    await tendStream(deps, stream, now)
  }
  for (const gap of await listGaps(deps.database, { olderThan: new Date(now.getTime() - waitForSequenceMs) })) {
    signal.throwIfAborted()
    await declareGap(deps, gap, now)
  }
}

async function tendStream(deps: Tending, stream: StreamRow, now: Date): Promise<void> {
  if (stream.state === 'live' && now.getTime() - stream.lastRecordAt.getTime() >= deps.deadStreamMs)
    return endDeadStream(deps, stream)
  if (stream.windowOpen) await closeWindow(deps, stream, stream.state === 'ended' ? 'end' : 'silence')
}

/** Nothing came for so long that the platform must have lost it: everybody downstream needs an end. */
async function endDeadStream(deps: Deps, { streamId, lastRecordAt }: StreamRow): Promise<void> {
  const brokerAt = lastRecordAt
  const endedAt = lastRecordAt.toISOString()
  const id = `dead-${createHash('sha256').update(`${streamId}\0${endedAt}`).digest('hex').slice(0, 32)}`
  const common = { source, subject: streamId, time: lastRecordAt }
  // There is no record of the platform's to point at: the origin says that the end is our own word.
  const origin = { topic: 'streamkeeper', partition: 0, offset: '0', id, source, brokerAt: endedAt }
  const data = {
    streamId,
    endedAt,
    reason: 'timeout' as const,
    kind: 'ended' as const,
    receivedAt: new Date(deps.now()).toISOString(),
    origin,
  }
  const signal = { signalId: `sig-${id}`, streamId, kind: 'ended' as const, at: endedAt, reason: 'timeout' }
  await deps.log.publish([
    encodeEvent(deps.topicPrefix, { ...common, type: 'moderation.session.accepted', id, data }),
    encodeEvent(deps.topicPrefix, { ...common, type: 'moderation.signal.session', id: `${id}:session`, data: signal }),
  ])
  await endStream(deps.database, { streamId, endedAt: lastRecordAt, reason: 'timeout', brokerAt })
  deps.streams.forget(streamId)
  deps.logger.warn({ streamId }, 'stream was silent for too long and is ended')
}

interface Gap {
  readonly streamId: string
  readonly fromSequence: number
  readonly toSequence: number
  readonly fromMs: number
  readonly toMs: number
}

async function declareGap(deps: Deps, gap: Gap, now: Date): Promise<void> {
  const { streamId, fromSequence, toSequence } = gap
  const id = `gap-${createHash('sha256').update(`${streamId}\0${fromSequence}\0${toSequence}`).digest('hex').slice(0, 32)}`
  const data = { ...gap, detectedAt: now.toISOString() }
  await deps.log.publish([
    encodeEvent(deps.topicPrefix, {
      type: 'moderation.segment.missing',
      id,
      source,
      subject: streamId,
      time: now,
      data,
    }),
  ])
  await giveUpSequences(deps.database, { streamId, upTo: toSequence })
  deps.logger.warn({ streamId, fromSequence, toSequence }, 'segments are missing')
}
