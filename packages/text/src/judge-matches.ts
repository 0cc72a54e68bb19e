import type { TextMatch, Verdict } from '@streamkeeper/contracts'

/** The verdict when no policy is given: severity 80 and more blocks, 40 and more holds, else allow. */
export function verdictWithoutPolicy(matches: readonly Pick<TextMatch, 'severity'>[]): Verdict {
  const worst = matches.reduce((severity, match) => Math.max(severity, match.severity), 0)
  if (worst >= 80) return 'block'
  return worst >= 40 ? 'hold' : 'allow'
}
