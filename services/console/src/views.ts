import type { CaseSummary, CommandView, DecisionView, Evidence, SignalView, StretchView } from '@streamkeeper/contracts'
import type { CaseRow, CaseSignalRow, CommandRow, DecisionRow, StretchRow } from '@streamkeeper/database'

export function viewCase(
  row: CaseRow,
  { hits, nickname }: { readonly hits: number; readonly nickname: string | null },
): CaseSummary {
  const {
    caseId,
    streamId,
    title,
    accountId,
    state,
    tier,
    severity,
    priority,
    labels,
    viewers,
    live,
    version,
    claimedBy,
  } = row
  return {
    caseId,
    streamId,
    title,
    nickname,
    accountId,
    state,
    tier,
    severity,
    priority,
    hits,
    viewers,
    live,
    version,
    claimedBy,
    class: row.class,
    labels: [...labels],
    openedAt: row.openedAt.toISOString(),
    deadlineAt: row.deadlineAt.toISOString(),
    leaseUntil: row.leaseUntil?.toISOString() ?? null,
  }
}

/** A picture that the case let go is not named: the case shows a chosen few of many. */
export function viewSignal({ seq, data, ...kept }: CaseSignalRow): SignalView {
  const { signalId, lane, label, score, severity, source, at, streamTimeMs = null } = data
  return {
    signalId,
    seq,
    lane,
    label,
    score,
    severity,
    source,
    at,
    streamTimeMs,
    ...viewEvidence(data.evidence ?? {}, kept),
    sample: data.heldBack === 'sample',
  }
}

function viewEvidence(
  { preview, still, text, matches = [], codes = [], accountId }: Evidence,
  kept: Pick<CaseSignalRow, 'still' | 'preview'>,
) {
  const digests = { preview: keptDigest(kept.preview, preview), still: keptDigest(kept.still, still) }
  return { ...digests, text: text ?? null, matches, codes, accountId: accountId ?? null }
}

function keptDigest(key: string | null, picture: Evidence['still']): string | null {
  return key === null ? null : (picture?.sha256 ?? null)
}

export function viewCommand(row: CommandRow): CommandView {
  const { commandId, sequence, action, state, data, provisional, revertsAt } = row
  return {
    commandId,
    sequence,
    action,
    state,
    issuedAt: data.issuedAt,
    notBefore: row.notBefore.toISOString(),
    sentAt: row.sentAt?.toISOString() ?? null,
    acknowledgedAt: row.ackedAt?.toISOString() ?? null,
    provisional:
      provisional === null || revertsAt === null ? null : { revertsAt: revertsAt.toISOString(), state: provisional },
  }
}

export function viewDecision(row: DecisionRow, now: Date): DecisionView {
  const { decisionId, action, decidedBy, decidedAt, reason, undoUntil, undoneAt } = row
  const canUndo = undoUntil !== null && undoneAt === null && undoUntil > now
  return {
    decisionId,
    action,
    decidedBy,
    decidedAt: decidedAt.toISOString(),
    label: reason.label,
    textForStreamer: reason.textForStreamer,
    undoUntil: canUndo ? undoUntil.toISOString() : null,
    undoneAt: undoneAt?.toISOString() ?? null,
  }
}

export function viewStretch({ fromMs, toMs, state, reason }: StretchRow): StretchView {
  return { fromMs, toMs, state, reason }
}
