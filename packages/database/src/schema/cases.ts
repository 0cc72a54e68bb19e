import type {
  Action,
  Actor,
  CaseState,
  CommandIssued,
  DecisionAction,
  HeldBack,
  Label,
  Lane,
  Reason,
  SignalRaised,
  StreamClass,
  Tier,
} from '@streamkeeper/contracts'
import { sql } from 'drizzle-orm'
import {
  bigserial,
  boolean,
  doublePrecision,
  index,
  integer,
  json,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { moment, wholeNumber, words } from './columns.js'

/** Writer: escalate. Every hit that policy has read; windows run over it. */
export const policySignals = pgTable(
  'policy_signals',
  {
    signalId: text('signal_id').primaryKey(),
    streamId: text('stream_id').notNull(),
    at: moment('at').notNull(),
    /** What rules look at, as columns: `data` is long, and the database refuses to look into JSON that names the character 0. */
    lane: text('lane').$type<Lane>(),
    label: text('label').$type<Label>(),
    score: doublePrecision('score'),
    shadow: boolean('shadow'),
    heldBack: text('held_back').$type<HeldBack>(),
    data: json('data').$type<SignalRaised>().notNull(),
  },
  (table) => [index('policy_signals_window').on(table.streamId, table.at)],
)

/** Writer: escalate. A rule that came true, once. */
export const ruleFirings = pgTable(
  'rule_firings',
  {
    streamId: text('stream_id').notNull(),
    ruleId: text('rule_id').notNull(),
    at: moment('at').notNull(),
    caseId: text('case_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.streamId, table.ruleId, table.at] })],
)

/** Writer: escalate. What policy knows of a stream from its own topic. */
export const policyStreams = pgTable('policy_streams', {
  streamId: text('stream_id').primaryKey(),
  accountId: text('account_id').notNull().default('unknown'),
  title: words('title').notNull().default(''),
  class: text('class').$type<StreamClass>().notNull().default('other'),
  viewers: integer('viewers').notNull().default(0),
  live: boolean('live').notNull().default(true),
  /** Broker time of the latest segment, noted while a cut waits to be proven. */
  lastMediaAt: moment('last_media_at'),
})

/** Writers: escalate and console, only through decide() and by version check. */
export const cases = pgTable(
  'cases',
  {
    caseId: text('case_id').primaryKey(),
    streamId: text('stream_id').notNull(),
    accountId: text('account_id').notNull(),
    title: words('title').notNull(),
    class: text('class').$type<StreamClass>().notNull(),
    state: text('state').$type<CaseState>().notNull(),
    tier: text('tier').$type<Tier>().notNull(),
    severity: integer('severity').notNull(),
    priority: doublePrecision('priority').notNull(),
    labels: json('labels').$type<readonly Label[]>().notNull(),
    viewers: integer('viewers').notNull(),
    live: boolean('live').notNull(),
    openedAt: moment('opened_at').notNull(),
    deadlineAt: moment('deadline_at').notNull(),
    version: integer('version').notNull(),
    claimedBy: text('claimed_by'),
    leaseToken: wholeNumber('lease_token').notNull().default(0),
    leaseUntil: moment('lease_until'),
    /** The cut whose obedience is being proven. */
    cutCommandId: text('cut_command_id'),
    cutAckedAt: moment('cut_acked_at'),
    darkState: text('dark_state').$type<'none' | 'waiting' | 'dark' | 'disobeyed'>().notNull().default('none'),
    updatedAt: moment('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex('cases_one_open')
      .on(table.streamId)
      .where(sql`${table.state} in ('open', 'claimed')`),
    index('cases_queue').on(table.state, table.tier, table.priority),
    index('cases_stream').on(table.streamId),
    index('cases_account').on(table.accountId),
    index('cases_changed').on(table.updatedAt),
    index('cases_dark')
      .on(table.streamId)
      .where(sql`${table.darkState} in ('waiting', 'disobeyed')`),
  ],
)

/** Writers: as cases. `seq` is the order in which hits joined. */
export const caseSignals = pgTable(
  'case_signals',
  {
    seq: bigserial('seq', { mode: 'number' }).notNull(),
    caseId: text('case_id').notNull(),
    signalId: text('signal_id').notNull(),
    data: json('data').$type<SignalRaised>().notNull(),
    /**
     * Where its pictures lie while the case keeps them: `chooseEvidence` says which. Columns, since the database refuses to
     * look into JSON that names the character 0.
     */
    still: text('still'),
    preview: text('preview'),
    /** When a person first looked at its still or clip: its pictures stay from then on. */
    lookedAt: moment('looked_at'),
  },
  (table) => [
    primaryKey({ columns: [table.signalId] }),
    index('case_signals_case').on(table.caseId, table.seq),
    index('case_signals_still').on(table.still),
    index('case_signals_preview').on(table.preview),
  ],
)

/** Writers: as cases. */
export const decisions = pgTable(
  'decisions',
  {
    decisionId: text('decision_id').primaryKey(),
    caseId: text('case_id').notNull(),
    streamId: text('stream_id').notNull(),
    seenThroughSeq: wholeNumber('seen_through_seq').notNull(),
    action: text('action').$type<DecisionAction>().notNull(),
    reason: json('reason').$type<Reason>().notNull(),
    decidedBy: json('decided_by').$type<Actor>().notNull(),
    decidedAt: moment('decided_at').notNull(),
    undoUntil: moment('undo_until'),
    undoneAt: moment('undone_at'),
  },
  (table) => [index('decisions_case').on(table.caseId)],
)

export type CommandState = 'waiting' | 'sent' | 'acknowledged' | 'failed' | 'expired' | 'cancelled'

/** A command as it is decided on: all that the platform gets but its number. */
export type UnnumberedCommand = {
  [
    Field in keyof CommandIssued as string extends Field ? never : Field extends 'sequence' ? never : Field
  ]: CommandIssued[Field]
}

/** Writers: as cases; numbered, sent and acknowledged by escalate. */
export const commands = pgTable(
  'commands',
  {
    commandId: text('command_id').primaryKey(),
    streamId: text('stream_id').notNull(),
    /** Its place in the order in which the stream's commands were decided on. */
    place: integer('place').notNull(),
    /** Its number as the platform sees it, given just before it is first sent: one that is taken back leaves no hole. */
    sequence: integer('sequence'),
    /** The key that signs it each time it is sent, fixed with its number. */
    keyId: text('key_id'),
    /** Does not wait behind a command that still waits for its undo. */
    immediate: boolean('immediate').notNull().default(false),
    caseId: text('case_id').notNull(),
    decisionId: text('decision_id'),
    action: text('action').$type<Action>().notNull(),
    data: json('data').$type<UnnumberedCommand>().notNull(),
    state: text('state').$type<CommandState>().notNull(),
    notBefore: moment('not_before').notNull(),
    expiresAt: moment('expires_at').notNull(),
    sentAt: moment('sent_at'),
    nextAttemptAt: moment('next_attempt_at').notNull(),
    attempts: integer('attempts').notNull().default(0),
    ackResult: text('ack_result'),
    ackedAt: moment('acked_at'),
    ackedBrokerAt: moment('acked_broker_at'),
    provisional: text('provisional').$type<'running' | 'confirmed' | 'restored'>(),
    revertsAt: moment('reverts_at'),
    /** The clock of a provisional action never runs beyond this. */
    revertCapAt: moment('revert_cap_at'),
  },
  (table) => [
    unique('commands_place').on(table.streamId, table.place),
    unique('commands_sequence').on(table.streamId, table.sequence),
    index('commands_key')
      .on(table.keyId)
      .where(sql`${table.state} in ('waiting', 'sent')`),
    index('commands_due')
      .on(table.nextAttemptAt)
      .where(sql`${table.state} in ('waiting', 'sent')`),
    index('commands_pending')
      .on(table.streamId, table.place)
      .where(sql`${table.state} in ('waiting', 'sent')`),
    index('commands_running')
      .on(table.revertsAt)
      .where(sql`${table.provisional} = 'running'`),
    index('commands_case').on(table.caseId),
    index('commands_decision').on(table.decisionId),
  ],
)

/** Writers: as cases. The row lock that puts a stream's commands and events in order. */
export const streamHeads = pgTable('stream_heads', {
  streamId: text('stream_id').primaryKey(),
  /** Highest sequence and highest place of the stream's commands. */
  lastCommand: integer('last_command').notNull().default(0),
  lastPlace: integer('last_place').notNull().default(0),
  lastOutbox: wholeNumber('last_outbox').notNull().default(0),
})

/** Writers: as cases, and console for its access log; published by escalate. Events that must follow a committed row, in order a key. */
export const outbox = pgTable(
  'outbox',
  {
    key: text('key').notNull(),
    seq: wholeNumber('seq').notNull(),
    event: json('event').$type<OutboxEvent>().notNull(),
    createdAt: moment('created_at').notNull(),
    publishedAt: moment('published_at'),
  },
  (table) => [
    primaryKey({ columns: [table.key, table.seq] }),
    index('outbox_unpublished')
      .on(table.key, table.seq)
      .where(sql`${table.publishedAt} is null`),
    index('outbox_published').on(table.publishedAt),
  ],
)

/** What the relay needs to build the CloudEvent. */
export interface OutboxEvent {
  readonly type: string
  readonly id: string
  readonly time: string
  readonly data: Readonly<Record<string, unknown>>
}
