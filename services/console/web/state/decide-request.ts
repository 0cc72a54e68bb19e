import type { CaseDetail, DecideRequest, Label } from '@streamkeeper/contracts'
import type { VerdictChoice } from '../keys/verdicts.js'

export interface Draft {
  choice: VerdictChoice
  label: Label
  textForStreamer: string
}

/** Labels that a decision may name: those of the case first, then those with a rule text. */
export function labelChoices(detail: CaseDetail): Label[] {
  const found = [...new Set([...detail.case.labels, ...detail.reasons.map((reason) => reason.label)])]
  return found.length > 0 ? found : ['OTHER']
}

/** The rule text of a label; undefined when the case brings none. */
export function reasonText(detail: CaseDetail, label: Label): string | undefined {
  return detail.reasons.find((reason) => reason.label === label)?.textForStreamer
}

/** What goes to the server: the version and the last hit are those on the screen, not the newest known elsewhere. */
export function decideRequest(
  detail: CaseDetail,
  draft: Draft,
  proof: { leaseToken: string; idempotencyKey: string },
): DecideRequest {
  return {
    action: draft.choice.action,
    label: draft.label,
    textForStreamer: draft.textForStreamer,
    seenThroughSeq: detail.signals.reduce((most, signal) => Math.max(most, signal.seq), 0),
    expectedVersion: detail.case.version,
    ...proof,
  }
}
