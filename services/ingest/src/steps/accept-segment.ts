import { findSegment, recordSegment, type NewSegment } from '@streamkeeper/database'
import { dlq, drop, encodeKey, ok, type Step } from '@streamkeeper/pipeline'
import { crashPoint } from '@streamkeeper/runtime'
import type { Incoming } from '../accepted.js'
import { caused } from '../caused.js'
import type { Deps } from '../deps.js'
import { closeFullWindow } from '../windows.js'
import type { SegmentWithMedia } from './fetch-media.js'

/** The same bytes of the same segment always lie under the same key. */
function spoolKeyOf(streamId: string, sequence: number, sha256: string): string {
  return `media/${encodeKey(streamId)}/${String(sequence).padStart(16, '0')}-${sha256}`
}

/** Refuses a sequence that was used for other bytes; drops one that is here already. */
export function createCheckSequenceStep({
  database,
}: Pick<Deps, 'database'>): Step<SegmentWithMedia, SegmentWithMedia> {
  return {
    name: 'check-sequence',
    run: async (segment) => {
      const { streamId, sequence, sha256 } = segment.event.data
      const known = await findSegment(database, { streamId, sequence })
      if (known === null || isSameRecord(known, segment)) return ok(segment)
      if (known.sha256 === sha256) return drop('duplicate')
      return dlq('SEQUENCE_CONFLICT', `data.sequence: ${sequence} was used for other bytes`)
    },
  }
}

function isSameRecord(
  known: { originTopic: string; originPartition: number; originOffset: bigint },
  { record }: Incoming,
): boolean {
  return (
    known.originTopic === record.topic &&
    known.originPartition === record.partition &&
    known.originOffset === record.offset
  )
}

/** Spool, then hand on, then note: whatever crashes in between is done again to the same effect. */
export function createAcceptSegmentStep(deps: Deps): Step<SegmentWithMedia, Incoming> {
  const { database, log, spool, topicPrefix, now } = deps
  return {
    name: 'accept-segment',
    run: async (segment) => {
      const { bytes, event, origin } = segment
      const { url: _, ...data } = event.data
      const key = spoolKeyOf(data.streamId, data.sequence, data.sha256)
      crashPoint('ingest.before-spool')
      await spool.put(key, bytes, { contentType: data.mediaType, ifAbsent: true })
      crashPoint('ingest.after-spool')
      const receivedAt = new Date(now())
      const accepted = {
        ...data,
        receivedAt: receivedAt.toISOString(),
        origin,
        spool: { key, sha256: data.sha256, size: bytes.length },
      }
      await log.publish([caused(topicPrefix, segment, { type: 'moderation.segment.accepted', data: accepted })])
      crashPoint('ingest.after-publish')
      await recordSegment(database, noteOf(segment, { spoolKey: key, receivedAt }))
      await closeFullWindow(deps, data)
      return ok(segment)
    },
  }
}

/** What is noted of a segment that was handed on. */
export function noteOf(
  { event, bytes, record }: SegmentWithMedia,
  { spoolKey, receivedAt }: Pick<NewSegment, 'spoolKey' | 'receivedAt'>,
): NewSegment {
  const { streamId, sequence, sha256, streamTimeMs, durationMs, mediaType, discontinuity = false } = event.data
  const place = { streamId, sequence, streamTimeMs, durationMs, discontinuity }
  return { ...place, mediaType, sha256, size: bytes.length, spoolKey, origin: record, receivedAt }
}
