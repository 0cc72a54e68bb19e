import type { AlarmKind } from '@streamkeeper/contracts'
import { and, desc, eq, inArray, isNull, notInArray, sql } from 'drizzle-orm'
import { attempt } from './attempt.js'
import type { Queries } from './database.js'
import { alarms } from './schema/index.js'

export type AlarmRow = typeof alarms.$inferSelect

export interface NewAlarm {
  readonly kind: AlarmKind
  /** What it is about: with the kind it names the alarm as long as it is open. */
  readonly subject: string
  readonly message: string
  readonly streamId: string | null
  readonly caseId: string | null
}

/** Raises an alarm; false when one of that kind and subject is open already, which then says what is so now. */
export async function raiseAlarm({ orm }: Queries, alarm: NewAlarm, at: Date): Promise<boolean> {
  const rows = await attempt(() =>
    orm
      .insert(alarms)
      .values({ ...alarm, raisedAt: at })
      .onConflictDoUpdate({
        target: [alarms.kind, alarms.subject],
        targetWhere: isNull(alarms.endedAt),
        set: { message: alarm.message },
      })
      .returning({ isNew: sql<boolean>`xmax = 0` }),
  )
  return rows[0]?.isNew === true
}

/** Ends the open alarms of a kind whose condition is over: all but those of the subjects that it still holds for. */
export async function endAlarms(
  { orm }: Queries,
  kind: AlarmKind,
  { except, at }: { readonly except: readonly string[]; readonly at: Date },
): Promise<readonly AlarmRow[]> {
  const others = except.length === 0 ? undefined : notInArray(alarms.subject, [...except])
  const over = and(eq(alarms.kind, kind), isNull(alarms.endedAt), others)
  return attempt(() => orm.update(alarms).set({ endedAt: at }).where(over).returning())
}

/** What happened once has no condition that could be over: a lead who takes such an alarm ends it. */
const happensOnce: ReadonlySet<AlarmKind> = new Set([
  'cut-disobeyed',
  'command-expired',
  'command-failed',
  'provisional-extended',
])

/** Notes who sees to an alarm, the first who said so; null when there is none of that id. */
export async function takeAlarm(
  { orm }: Queries,
  { alarmId, person, at }: { readonly alarmId: number; readonly person: string; readonly at: Date },
): Promise<AlarmRow | null> {
  return attempt(async () => {
    const [alarm] = await orm.select().from(alarms).where(eq(alarms.alarmId, alarmId))
    if (alarm === undefined) return null
    const endedAt = alarm.endedAt ?? (happensOnce.has(alarm.kind) ? at : null)
    const free = and(eq(alarms.alarmId, alarmId), isNull(alarms.takenBy))
    const [taken] = await orm.update(alarms).set({ takenBy: person, takenAt: at, endedAt }).where(free).returning()
    return taken ?? alarm
  })
}

/** The latest alarm of a kind about a subject, open or over; null when there was none. */
export async function findLastAlarm({ orm }: Queries, kind: AlarmKind, subject: string): Promise<AlarmRow | null> {
  const own = and(eq(alarms.kind, kind), eq(alarms.subject, subject))
  const rows = await attempt(() => orm.select().from(alarms).where(own).orderBy(desc(alarms.alarmId)).limit(1))
  return rows[0] ?? null
}

const isOpen = and(isNull(alarms.endedAt), isNull(alarms.takenBy))

/** Alarms that nobody has taken and whose condition still holds. */
export async function countOpenAlarms({ orm }: Queries): Promise<number> {
  return attempt(() => orm.$count(alarms, isOpen))
}

/** What the others follow from: an engine that is away leaves streams unscreened and the archive behind. */
const causes: readonly AlarmKind[] = ['engine-away', 'key-lost']

/** The open ones first, and of these the causes before what may follow from them; then the newest. */
export async function listAlarms({ orm }: Queries, limit: number): Promise<readonly AlarmRow[]> {
  const openFirst = sql`(${isOpen}) desc`
  const causeFirst = sql`(${and(isOpen, inArray(alarms.kind, [...causes]))}) desc`
  return attempt(() => orm.select().from(alarms).orderBy(openFirst, causeFirst, desc(alarms.alarmId)).limit(limit))
}
