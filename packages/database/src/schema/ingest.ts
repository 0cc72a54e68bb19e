import type { AccountUpdated, MediaType, StreamClass } from '@streamkeeper/contracts'
import { sql } from 'drizzle-orm'
import { boolean, index, integer, json, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { moment, offset, wholeNumber, words } from './columns.js'

/** Writer: ingest. One row a broadcast. */
export const streams = pgTable(
  'streams',
  {
    streamId: text('stream_id').primaryKey(),
    accountId: text('account_id').notNull(),
    title: words('title').notNull(),
    class: text('class').$type<StreamClass>().notNull(),
    nickname: words('nickname'),
    language: words('language'),
    region: words('region'),
    tags: json('tags').$type<readonly string[]>(),
    roomId: words('room_id'),
    address: text('address'),
    port: integer('port'),
    state: text('state').$type<'live' | 'ended' | 'refused'>().notNull(),
    refusedCode: text('refused_code'),
    refusedMessage: text('refused_message'),
    startedAt: moment('started_at').notNull(),
    endedAt: moment('ended_at'),
    /** When the broker took the end: the grace for late records runs from here. */
    endBrokerAt: moment('end_broker_at'),
    endReason: text('end_reason'),
    viewers: integer('viewers').notNull().default(0),
    /** End of the latest segment in stream time. */
    lengthMs: wholeNumber('length_ms').notNull().default(0),
    /** Lowest sequence that was neither seen nor given up. */
    nextSequence: wholeNumber('next_sequence').notNull().default(0),
    /** Highest sequence that was seen. */
    lastSequence: wholeNumber('last_sequence').notNull().default(-1),
    /** A column, since the planner keeps count of its values: few streams have a hole. */
    hasHole: boolean('has_hole').generatedAlwaysAs(sql`last_sequence > next_sequence`),
    /** Broker time of the latest record and of the latest segment. */
    lastRecordAt: moment('last_record_at').notNull(),
    lastMediaAt: moment('last_media_at'),
    windowIndex: integer('window_index').notNull().default(0),
    windowFromMs: wholeNumber('window_from_ms').notNull().default(0),
    /** How many segments were noted: tells whoever closes a window whether one came meanwhile. */
    segmentCount: wholeNumber('segment_count').notNull().default(0),
    /** Whether a segment came since the last boundary. */
    windowOpen: boolean('window_open').notNull().default(false),
    /** The record that started it: tells a re-read from a reuse. */
    originTopic: text('origin_topic').notNull(),
    originPartition: integer('origin_partition').notNull(),
    originOffset: offset('origin_offset').notNull(),
  },
  (table) => [
    index('streams_quiet').on(table.state, table.lastRecordAt),
    index('streams_open_window')
      .on(table.state)
      .where(sql`${table.windowOpen}`),
    index('streams_with_hole')
      .on(table.streamId)
      .where(sql`${table.hasHole}`),
  ],
)

/** Writer: ingest. (stream, sequence) names a segment. */
export const streamSegments = pgTable(
  'stream_segments',
  {
    streamId: text('stream_id').notNull(),
    sequence: wholeNumber('sequence').notNull(),
    sha256: text('sha256').notNull(),
    size: integer('size').notNull(),
    streamTimeMs: wholeNumber('stream_time_ms').notNull(),
    durationMs: integer('duration_ms').notNull(),
    mediaType: text('media_type').$type<MediaType>().notNull(),
    /** Its clock or its coding does not go on from the segment before. */
    discontinuity: boolean('discontinuity').notNull().default(false),
    spoolKey: text('spool_key').notNull(),
    originTopic: text('origin_topic').notNull(),
    originPartition: integer('origin_partition').notNull(),
    originOffset: offset('origin_offset').notNull(),
    receivedAt: moment('received_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.streamId, table.sequence] })],
)

/** Writer: ingest; blacklisted by the console. */
export const accounts = pgTable('accounts', {
  accountId: text('account_id').primaryKey(),
  realName: text('real_name').$type<AccountUpdated['realName']>().notNull(),
  ageBand: text('age_band'),
  guardianConsent: boolean('guardian_consent'),
  licences: json('licences').$type<NonNullable<AccountUpdated['licences']>>().notNull().default([]),
  identityKey: words('identity_key'),
  updatedAt: moment('updated_at').notNull(),
  blacklisted: boolean('blacklisted').notNull().default(false),
  blacklistReason: text('blacklist_reason'),
})
