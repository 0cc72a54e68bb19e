import type { SignalRaised } from '@streamkeeper/contracts'
import { chooseEvidence, type PictureHit } from '@streamkeeper/policy'
import { and, desc, eq, inArray, isNotNull, isNull, or } from 'drizzle-orm'
import { attempt } from './attempt.js'
import type { Queries } from './database.js'
import { caseSignals } from './schema/index.js'

export type CaseSignalRow = typeof caseSignals.$inferSelect

interface Pictures {
  readonly still: string | null
  readonly preview: string | null
}

/** Where the pictures of a hit lie, as it came. */
export function picturesOf({ evidence }: SignalRaised): Pictures {
  return { still: evidence?.still?.key ?? null, preview: evidence?.preview?.key ?? null }
}

/** Lets go of the pictures that a case need not keep now that it has grown. Within the transaction that grew it. */
export async function keepChosenPictures(queries: Queries, caseId: string): Promise<void> {
  const kept = await queries.orm
    .select()
    .from(caseSignals)
    .where(and(eq(caseSignals.caseId, caseId), isNotNull(caseSignals.still)))
  await letGo(queries, kept, chosenOf(kept))
}

/**
 * The same for a case whose hits went to another one or came from it: what was let go beside others may be the first of its
 * case now. Within the transaction that moved them.
 */
export async function choosePicturesAgain(queries: Queries, caseId: string): Promise<void> {
  const all = await queries.orm.select().from(caseSignals).where(eq(caseSignals.caseId, caseId))
  const chosen = chosenOf(all)
  await letGo(queries, all, chosen)
  for (const { signalId, still, data } of all)
    if (still === null && chosen.has(signalId))
      await queries.orm.update(caseSignals).set(picturesOf(data)).where(eq(caseSignals.signalId, signalId))
}

function chosenOf(rows: readonly CaseSignalRow[]): ReadonlySet<string> {
  const hits = rows.filter(({ data }) => picturesOf(data).still !== null).map(({ data }) => pictureHitOf(data))
  return new Set(chooseEvidence(hits).map(({ signalId }) => signalId))
}

function pictureHitOf({ signalId, lane, label, score, severity, streamTimeMs = 0 }: SignalRaised): PictureHit {
  return { signalId, lane, label, score, severity, streamTimeMs }
}

async function letGo({ orm }: Queries, rows: readonly CaseSignalRow[], chosen: ReadonlySet<string>): Promise<void> {
  const others = rows
    .filter(({ still, signalId, lookedAt }) => still !== null && lookedAt === null && !chosen.has(signalId))
    .map(({ signalId }) => signalId)
  if (others.length === 0) return
  // Somebody may look at one right now.
  const where = and(inArray(caseSignals.signalId, others), isNull(caseSignals.lookedAt))
  await orm.update(caseSignals).set({ still: null, preview: null }).where(where)
}

/** Whether a case shows a picture, by its key in the spool, and as what. */
export async function findCasePicture(
  { orm }: Queries,
  caseId: string,
  key: string,
): Promise<'still' | 'preview' | null> {
  const isShown = or(eq(caseSignals.still, key), eq(caseSignals.preview, key))
  const where = and(eq(caseSignals.caseId, caseId), isShown)
  const [found] = await attempt(() => orm.select({ still: caseSignals.still }).from(caseSignals).where(where).limit(1))
  if (found === undefined) return null
  return found.still === key ? 'still' : 'preview'
}

/**
 * Notes that a person is about to look at a hit, by its still or by its name for a clip: from now on its pictures stay.
 * false when the case has no such hit, or has let the still go meanwhile.
 */
export async function markLooked(
  { orm }: Queries,
  { caseId, at, ...hit }: { readonly caseId: string; readonly at: Date } & ({ still: string } | { signalId: string }),
): Promise<boolean> {
  const which = 'still' in hit ? eq(caseSignals.still, hit.still) : eq(caseSignals.signalId, hit.signalId)
  const ofCase = and(eq(caseSignals.caseId, caseId), which)
  return attempt(async () => {
    await orm
      .update(caseSignals)
      .set({ lookedAt: at })
      .where(and(ofCase, isNull(caseSignals.lookedAt)))
    return (await orm.$count(caseSignals, ofCase)) > 0
  })
}

/** What the page shows of a case: the latest hits, and all that keep their picture, however old; the latest first. */
export async function listShownSignals({ orm }: Queries, caseId: string, latest: number): Promise<CaseSignalRow[]> {
  const ofCase = eq(caseSignals.caseId, caseId)
  const newest = orm.select({ seq: caseSignals.seq }).from(caseSignals).where(ofCase)
  const shown = or(
    isNotNull(caseSignals.still),
    inArray(caseSignals.seq, newest.orderBy(desc(caseSignals.seq)).limit(latest)),
  )
  return attempt(() => orm.select().from(caseSignals).where(and(ofCase, shown)).orderBy(desc(caseSignals.seq)))
}
