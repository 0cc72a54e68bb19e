import { z } from 'zod'

/** Letters and digits of any script and `. _ : ~ @ -`, 1 to 128 characters; kept as it is, never used raw in a path or key. */
export const Id = z
  .string()
  .regex(/^[\p{L}\p{N}._:~@-]{1,128}$/u, { error: '1 to 128 letters, digits and . _ : ~ @ - are allowed' })
export type Id = z.infer<typeof Id>

/** RFC 3339 time with an offset, as platforms send it. */
export const AnyTime = z.iso.datetime({ offset: true })

/** RFC 3339 UTC with milliseconds, as Streamkeeper writes it. */
export const UtcTime = z.iso.datetime({ precision: 3 })

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, { error: '64 lower-case hex digits' })

/** Milliseconds of stream time: 0 is the first picture of the broadcast. */
export const StreamTimeMs = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

export const DurationMs = z.number().int().min(1).max(60_000)

/** (streamId, sequence) names a segment. */
export const Sequence = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

/** 0 to 100, 100 worst, everywhere. */
export const Severity = z.number().int().min(0).max(100)

export const Score = z.number().min(0).max(1)

export const Port = z.number().int().min(0).max(65_535)

export const Address = z.union([z.ipv4(), z.ipv6()], { error: 'an IPv4 or IPv6 address' })

export const MediaType = z.enum(['video/mp2t', 'video/mp4', 'video/x-matroska'])
export type MediaType = z.infer<typeof MediaType>

export const StreamClass = z.enum([
  'entertainment',
  'performance',
  'audiovisual',
  'news',
  'ecommerce',
  'game',
  'education',
  'religion',
  'other',
])
export type StreamClass = z.infer<typeof StreamClass>

/** Marks a field whose value is encrypted: the key that opens it and the nonce that it was sealed with. */
export const Encryption = z.object({ keyId: Id, nonce: z.base64() })
export type Encryption = z.infer<typeof Encryption>

/** Where bytes lie in the spool, and what they are. */
export const SpoolReference = z.object({ key: z.string().min(1), sha256: Sha256, size: z.number().int().min(0) })
export type SpoolReference = z.infer<typeof SpoolReference>

/** The record that a canonical event was made from. */
export const Origin = z.object({
  topic: z.string(),
  partition: z.number().int().min(0),
  /** Decimal: offsets go beyond what a JSON number holds. */
  offset: z.string().regex(/^\d+$/),
  id: z.string(),
  source: z.string(),
  /** When the broker took the record; the clock of the dark check and of retention. */
  brokerAt: UtcTime,
})
export type Origin = z.infer<typeof Origin>

/** A model, rule or policy by name, version and the digest of what was really loaded. */
export const Versioned = z.object({ name: z.string().min(1), version: z.string().min(1), sha256: Sha256 })
export type Versioned = z.infer<typeof Versioned>

export const Tier = z.enum(['P0', 'P1', 'P2', 'P3'])
export type Tier = z.infer<typeof Tier>
