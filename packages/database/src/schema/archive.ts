import type { RecordClass, StreamClass } from '@streamkeeper/contracts'
import { sql } from 'drizzle-orm'
import { bigint, index, integer, json, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { moment, offset, wholeNumber } from './columns.js'

/** Writer: archive. A segment that must be kept. */
export const stagedSegments = pgTable(
  'staged_segments',
  {
    streamId: text('stream_id').notNull(),
    sequence: wholeNumber('sequence').notNull(),
    /** Where the canonical record lies: windows are cut by it. */
    partition: integer('partition').notNull(),
    offset: offset('offset').notNull(),
    spoolKey: text('spool_key').notNull(),
    sha256: text('sha256').notNull(),
    size: integer('size').notNull(),
    mediaType: text('media_type').notNull(),
    streamTimeMs: wholeNumber('stream_time_ms').notNull(),
    durationMs: integer('duration_ms').notNull(),
    receivedAt: moment('received_at').notNull(),
    brokerAt: moment('broker_at').notNull(),
    objectKey: text('object_key'),
    sweptAt: moment('swept_at'),
  },
  (table) => [
    primaryKey({ columns: [table.streamId, table.sequence] }),
    index('staged_segments_object').on(table.objectKey),
    index('staged_segments_spool').on(table.spoolKey),
    index('staged_segments_unswept')
      .on(table.receivedAt)
      .where(sql`${table.sweptAt} is null`),
  ],
)

/** Writer: archive. A batch of log records of one partition that must be kept; its bytes lie in the spool. */
export const stagedBatches = pgTable(
  'staged_batches',
  {
    topic: text('topic').notNull(),
    partition: integer('partition').notNull(),
    firstOffset: offset('first_offset').notNull(),
    lastOffset: offset('last_offset').notNull(),
    records: integer('records').notNull(),
    /** Of the uncompressed lines. */
    sha256: text('sha256').notNull(),
    size: integer('size').notNull(),
    spoolKey: text('spool_key').notNull(),
    /** Streams whose content lies in the batch: they decide for how long it is kept. */
    streamIds: json('stream_ids').$type<readonly string[]>().notNull().default([]),
    brokerFirstAt: moment('broker_first_at').notNull(),
    brokerLastAt: moment('broker_last_at').notNull(),
    stagedAt: moment('staged_at').notNull(),
    objectKey: text('object_key'),
    sweptAt: moment('swept_at'),
  },
  (table) => [
    primaryKey({ columns: [table.topic, table.partition, table.firstOffset] }),
    index('staged_batches_object').on(table.objectKey),
    index('staged_batches_last').on(table.topic, table.partition, table.lastOffset),
    index('staged_batches_spool').on(table.spoolKey),
    index('staged_batches_unswept')
      .on(table.stagedAt)
      .where(sql`${table.sweptAt} is null`),
  ],
)

/** Writer: archive. A durable boundary: the segments of the stream above the last one and below this one are one object. */
export const streamWindows = pgTable(
  'stream_windows',
  {
    streamId: text('stream_id').notNull(),
    index: integer('index').notNull(),
    partition: integer('partition').notNull(),
    upToOffset: offset('up_to_offset').notNull(),
    reason: text('reason').notNull(),
    closedAt: moment('closed_at').notNull(),
    objectKey: text('object_key'),
  },
  (table) => [
    primaryKey({ columns: [table.streamId, table.index] }),
    index('stream_windows_open')
      .on(table.closedAt)
      .where(sql`${table.objectKey} is null`),
  ],
)

/** Which staged rows make one object, and until when it is kept. Written before the object is. */
export interface SealPlan {
  readonly kind: 'media' | 'log'
  readonly key: string
  readonly streamId: string | null
  readonly topic: string | null
  readonly parts: readonly {
    readonly spoolKey: string
    readonly sha256: string
    readonly size: number
    readonly name: string
  }[]
  readonly index: Readonly<Record<string, unknown>>
  readonly retainUntil: string
  readonly mode: 'COMPLIANCE' | 'GOVERNANCE'
  readonly because: string
}

/** Writer: archive. */
export const sealPlans = pgTable(
  'seal_plans',
  {
    objectKey: text('object_key').primaryKey(),
    plan: json('plan').$type<SealPlan>().notNull(),
    plannedAt: moment('planned_at').notNull(),
    sealedAt: moment('sealed_at'),
  },
  (table) => [index('seal_plans_open').on(table.sealedAt)],
)

/** Writer: archive. Whose content an object holds, and by what its date was counted: it is extended when that changes. */
export const archiveStreams = pgTable(
  'archive_streams',
  {
    objectKey: text('object_key').notNull(),
    streamId: text('stream_id').notNull(),
    kind: text('kind').$type<RecordClass>().notNull(),
    /** The latest time that the date was counted from, and the class of the stream that it was counted by. */
    countedFrom: moment('counted_from').notNull(),
    countedClass: text('counted_class').$type<StreamClass>(),
    /** End of the stream that it was counted from; null while the stream had none. */
    countedEnd: moment('counted_end'),
  },
  (table) => [
    primaryKey({ columns: [table.objectKey, table.streamId] }),
    index('archive_streams_open')
      .on(table.streamId)
      .where(sql`${table.countedEnd} is null`),
  ],
)

/** Writer: archive. What lies in the archive, as it was read back. */
export const archiveObjects = pgTable(
  'archive_objects',
  {
    objectKey: text('object_key').primaryKey(),
    versionId: text('version_id').notNull(),
    kind: text('kind').$type<'media' | 'log'>().notNull(),
    streamId: text('stream_id'),
    topic: text('topic'),
    /** Of the stored bytes, and of the content before compression. */
    sha256: text('sha256').notNull(),
    contentSha256: text('content_sha256').notNull(),
    size: bigint('size', { mode: 'number' }).notNull(),
    retainUntil: moment('retain_until').notNull(),
    mode: text('mode').$type<'COMPLIANCE' | 'GOVERNANCE'>().notNull(),
    sealedAt: moment('sealed_at').notNull(),
  },
  (table) => [
    index('archive_objects_stream').on(table.streamId, table.sealedAt),
    index('archive_objects_sealed').on(table.sealedAt),
  ],
)
