import { inArray, lt, sql, and, type SQL } from 'drizzle-orm'
import { attempt } from './attempt.js'
import type { Database, Queries } from './database.js'
import { cases, caseSignals, commands, decisions } from './schema/index.js'

/** Kinds of rows that go when they are old; `sessions` at their end. */
export const prunedRows = ['events', 'alarms', 'access', 'held', 'signals', 'coverage', 'segments', 'sessions'] as const
export type PrunedRows = (typeof prunedRows)[number]

type Condition = (before: SQL) => SQL
const olderThan =
  (column: string): Condition =>
  (before) =>
    sql`${sql.raw(`t.${column}`)} < ${before}`
/** Nothing more can come of such a stream. The platform's own time of the end may be any: the broker's counts too. */
const streamEnded: Condition = (before) =>
  sql`exists (select 1 from streams s where s.stream_id = t.stream_id and s.state <> 'live'
    and greatest(s.ended_at, s.end_broker_at) < ${before})`

/** Tables of a kind, with what makes a row of them old. */
const tables: Readonly<Record<PrunedRows, readonly (readonly [table: string, isOld: Condition])[]>> = {
  events: [['outbox', olderThan('published_at')]],
  alarms: [['alarms', olderThan('ended_at')]],
  access: [['access_log', olderThan('at')]],
  held: [['held_messages', olderThan('published_at')]],
  signals: [
    ['policy_signals', olderThan('at')],
    ['rule_firings', olderThan('at')],
  ],
  coverage: [['coverage', olderThan('at')]],
  segments: [
    ['stream_segments', streamEnded],
    ['policy_streams', (before) => sql`not t.live and ${streamEnded(before)}`],
    ['stream_windows', (before) => sql`t.object_key is not null and ${streamEnded(before)}`],
    ['staged_segments', olderThan('swept_at')],
    // The last one of a partition says where staging goes on.
    [
      'staged_batches',
      (before) => sql`t.swept_at < ${before} and exists (select 1 from staged_batches l
        where l.topic = t.topic and l.partition = t.partition and l.last_offset > t.last_offset)`,
    ],
    ['seal_plans', olderThan('sealed_at')],
  ],
  sessions: [['sessions', olderThan('expires_at')]],
}

/** Deletes at most `limit` rows of each table of a kind that are older than `before`; how many went at most from one. */
export async function pruneRows({ orm }: Queries, what: PrunedRows, before: Date, limit: number): Promise<number> {
  const at = sql`${before.toISOString()}::timestamptz`
  let most = 0
  for (const [name, isOld] of tables[what]) {
    const table = sql.raw(name)
    const { rowCount } = await attempt(() =>
      orm.execute(
        sql`delete from ${table} where ctid = any(array(select t.ctid from ${table} t where ${isOld(at)} limit ${limit}))`,
      ),
    )
    most = Math.max(most, rowCount ?? 0)
  }
  return most
}

/**
 * Deletes at most `limit` closed cases that nothing changed since `before`, with all that hangs on them; how many went. One whose cut
 * was disobeyed is as good as closed by then: it turns dark as soon as its stream is silent.
 */
export async function pruneCases(database: Database, before: Date, limit: number): Promise<number> {
  return database.transaction(async ({ orm }) => {
    const isOld = and(inArray(cases.state, ['closed', 'dark', 'disobeyed']), lt(cases.updatedAt, before))
    const rows = await orm
      .select({ caseId: cases.caseId })
      .from(cases)
      .where(isOld)
      .limit(limit)
      .for('update', { skipLocked: true })
    const ids = rows.map(({ caseId }) => caseId)
    if (ids.length === 0) return 0
    for (const table of [commands, decisions, caseSignals, cases])
      await orm.delete(table).where(inArray(table.caseId, ids))
    return ids.length
  })
}

/** Which of these keys of stills and previews are shown by cases that stand: not closed yet, or decided as a violation. */
export async function listNeededEvidence({ orm }: Queries, keys: readonly string[]): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set()
  const { rows } = await attempt(() =>
    orm.execute<{ key: string }>(sql`
      select k.key from unnest(${sql.param([...keys])}::text[]) k(key) where exists (
        select 1 from case_signals s join cases c on c.case_id = s.case_id
        where (s.still = k.key or s.preview = k.key)
          and (c.state <> 'closed' or exists (select 1 from decisions d
            where d.case_id = c.case_id and d.undone_at is null and d.action <> 'no-violation')))`),
  )
  return new Set(rows.map(({ key }) => key))
}
