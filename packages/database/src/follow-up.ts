import { createHash } from 'node:crypto'
import { and, eq, gt, inArray } from 'drizzle-orm'
import { choosePicturesAgain } from './case-pictures.js'
import { queueCaseEvent, type CaseRow } from './cases.js'
import type { Queries } from './database.js'
import { cases, caseSignals } from './schema/index.js'

/**
 * Hits that were not on the screen when a case was decided become the next case of the stream. Call it once the decided
 * case is no longer open: a stream has one open case.
 */
export async function moveLaterHits(
  tx: Queries,
  decided: CaseRow,
  { seenThroughSeq, now }: { readonly seenThroughSeq: number; readonly now: Date },
): Promise<CaseRow | null> {
  const later = await tx.orm
    .select()
    .from(caseSignals)
    .where(and(eq(caseSignals.caseId, decided.caseId), gt(caseSignals.seq, seenThroughSeq)))
    .orderBy(caseSignals.seq)
  const first = later[0]
  if (first === undefined) return null
  // The version keeps it apart from a follow-up by the same hit that an undo took back.
  const seed = `${decided.caseId}\0${decided.version}\0${first.signalId}`
  const caseId = `case-${createHash('sha256').update(seed).digest('hex').slice(0, 24)}`
  const waitMs = decided.deadlineAt.getTime() - decided.openedAt.getTime()
  const { streamId, accountId, title, class: streamClass, tier, severity, priority, viewers, live } = decided
  const [row] = await tx.orm
    .insert(cases)
    .values({
      caseId,
      streamId,
      accountId,
      title,
      tier,
      severity,
      priority,
      viewers,
      live,
      class: streamClass,
      state: 'open',
      labels: [...new Set(later.map((signal) => signal.data.label))],
      openedAt: now,
      deadlineAt: new Date(now.getTime() + waitMs),
      version: 1,
      updatedAt: now,
    })
    .returning()
  if (row === undefined) throw new Error('follow-up was not inserted')
  const moved = later.map(({ signalId }) => signalId)
  await tx.orm.update(caseSignals).set({ caseId }).where(inArray(caseSignals.signalId, moved))
  for (const id of [decided.caseId, caseId]) await choosePicturesAgain(tx, id)
  await queueCaseEvent(tx, row, 'moderation.case.opened', now)
  return row
}
