import type { DecisionView } from '@streamkeeper/contracts'

/** What the toast says: a decision that may still be taken back, or one sentence. */
export type Notice =
  | { kind: 'decision'; decision: DecisionView; caseId: string; title: string }
  | { kind: 'message'; text: string; values?: Record<string, string>; bad?: boolean }
