import { z } from 'zod'
import { Id, Origin, Sequence, SpoolReference, StreamTimeMs, UtcTime } from './fields.js'
import {
  AccountUpdated,
  ChatSent,
  CommandAcknowledged,
  SegmentPublished,
  SessionEnded,
  SessionHeartbeat,
  SessionStarted,
  SessionUpdated,
} from './live-events.js'

/** What ingest accepted: the producer's fields, flat, and where they came from. */

const received = { receivedAt: UtcTime, origin: Origin }

const sessionParts = {
  started: SessionStarted.extend({ kind: z.literal('started'), ...received }),
  heartbeat: SessionHeartbeat.extend({ kind: z.literal('heartbeat'), ...received }),
  updated: SessionUpdated.extend({ kind: z.literal('updated'), ...received }),
  ended: SessionEnded.extend({ kind: z.literal('ended'), ...received }),
}
export const SessionAccepted = z.discriminatedUnion('kind', [
  sessionParts.started,
  sessionParts.heartbeat,
  sessionParts.updated,
  sessionParts.ended,
])
export type SessionAccepted = z.infer<typeof SessionAccepted>

/** The stream may not start; its later records go to the dead-letter topic as STREAM_REFUSED. */
export const SessionRefused = z.looseObject({ streamId: Id, code: z.string(), message: z.string(), ...received })
export type SessionRefused = z.infer<typeof SessionRefused>

export const SegmentAccepted = SegmentPublished.extend({ spool: SpoolReference, ...received })
export type SegmentAccepted = z.infer<typeof SegmentAccepted>

/** A hole in a stream's sequence that did not close within 30 s: these sequences are counted as lost. */
export const SegmentMissing = z.looseObject({
  streamId: Id,
  fromSequence: Sequence,
  toSequence: Sequence,
  /** The stretch of stream time that nobody has, as far as the neighbours tell. */
  fromMs: StreamTimeMs,
  toMs: StreamTimeMs,
  detectedAt: UtcTime,
})
export type SegmentMissing = z.infer<typeof SegmentMissing>

/**
 * A durable boundary for the archiver: everything of the stream that lies in this partition below this record and
 * above the previous boundary is one window. Rides on the topic of the segments so that log order decides.
 */
export const WindowClosed = z.looseObject({
  streamId: Id,
  index: z.number().int().min(0),
  reason: z.enum(['length', 'end', 'silence']),
  closedAt: UtcTime,
})
export type WindowClosed = z.infer<typeof WindowClosed>

export const ChatAccepted = ChatSent.extend(received)
export type ChatAccepted = z.infer<typeof ChatAccepted>

export const AccountAccepted = AccountUpdated.extend(received)
export type AccountAccepted = z.infer<typeof AccountAccepted>

export const AckAccepted = CommandAcknowledged.extend(received)
export type AckAccepted = z.infer<typeof AckAccepted>
