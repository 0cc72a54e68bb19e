import { z } from 'zod'
import {
  Address,
  AnyTime,
  DurationMs,
  Encryption,
  Id,
  MediaType,
  Port,
  Sequence,
  Sha256,
  StreamClass,
  StreamTimeMs,
} from './fields.js'
import { Label } from './labels.js'

/** What platforms publish. Unknown extra fields are kept, not refused. */

const Viewers = z.number().int().min(0)
const ShortText = z.string().max(1_000)

export const SessionStarted = z.looseObject({
  streamId: Id,
  streamer: z.looseObject({ accountId: Id, nickname: ShortText.optional() }),
  title: ShortText,
  class: StreamClass,
  ingest: z.looseObject({ address: Address, port: Port }),
  startedAt: AnyTime,
  roomId: Id.optional(),
  language: z.string().max(35).optional(),
  region: z.string().max(35).optional(),
  tags: z.array(z.string().max(100)).max(50).optional(),
  viewers: Viewers.optional(),
  enc: Encryption.optional(),
})
export type SessionStarted = z.infer<typeof SessionStarted>

export const SessionHeartbeat = z.looseObject({ streamId: Id, viewers: Viewers })
export type SessionHeartbeat = z.infer<typeof SessionHeartbeat>

export const SessionUpdated = z.looseObject({
  streamId: Id,
  title: ShortText.optional(),
  class: StreamClass.optional(),
  tags: z.array(z.string().max(100)).max(50).optional(),
  region: z.string().max(35).optional(),
  viewers: Viewers.optional(),
})
export type SessionUpdated = z.infer<typeof SessionUpdated>

export const SessionEnded = z.looseObject({
  streamId: Id,
  endedAt: AnyTime,
  reason: z.enum(['normal', 'cut', 'error', 'timeout']),
})
export type SessionEnded = z.infer<typeof SessionEnded>

export const SegmentPublished = z.looseObject({
  streamId: Id,
  sequence: Sequence,
  streamTimeMs: StreamTimeMs,
  durationMs: DurationMs,
  mediaType: MediaType,
  size: z
    .number()
    .int()
    .min(1)
    .max(16 * 1024 * 1024),
  sha256: Sha256,
  /** Absent when the bytes ride in the record. */
  url: z.string().min(1).max(2_048).optional(),
  rendition: z.string().max(100).optional(),
  discontinuity: z.boolean().optional(),
})
export type SegmentPublished = z.infer<typeof SegmentPublished>

export const ChatSent = z.looseObject({
  streamId: Id,
  messageId: Id,
  accountId: Id,
  text: z.string(),
  kind: z.enum(['message', 'gift', 'nickname', 'title']),
  sentAt: AnyTime,
  nickname: ShortText.optional(),
  /** When the account was made, where the platform tells it: links by new accounts are a rule of their own. */
  accountCreatedAt: AnyTime.optional(),
  address: Address.optional(),
  port: Port.optional(),
  streamTimeMs: StreamTimeMs.optional(),
  enc: Encryption.optional(),
})
export type ChatSent = z.infer<typeof ChatSent>

export const ReportFiled = z.looseObject({
  streamId: Id,
  reportId: Id,
  reporter: z.looseObject({ accountId: Id }),
  category: z.union([Label, z.literal('other')]),
  filedAt: AnyTime,
  text: z.string().max(10_000).optional(),
  streamTimeMs: StreamTimeMs.optional(),
  contact: ShortText.optional(),
  enc: Encryption.optional(),
})
export type ReportFiled = z.infer<typeof ReportFiled>

export const AccountUpdated = z.looseObject({
  accountId: Id,
  realName: z.enum(['unverified', 'pending', 'verified', 'failed']),
  updatedAt: AnyTime,
  licences: z
    .array(z.looseObject({ class: StreamClass, until: AnyTime.optional() }))
    .max(50)
    .optional(),
  ageBand: z.enum(['under-14', '14-15', '16-17', 'adult', 'unknown']).optional(),
  guardianConsent: z.boolean().optional(),
  /** A keyed hash that tells two accounts of one person; never the document itself. */
  identityKey: z.string().max(256).optional(),
})
export type AccountUpdated = z.infer<typeof AccountUpdated>

export const CommandAcknowledged = z.looseObject({
  streamId: Id,
  commandId: Id,
  result: z.enum(['done', 'failed', 'unknown-target', 'refused']),
  acknowledgedAt: AnyTime,
  detail: z.string().max(10_000).optional(),
})
export type CommandAcknowledged = z.infer<typeof CommandAcknowledged>
