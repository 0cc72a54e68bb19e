import type { TextMatch, Verdict } from '@streamkeeper/contracts'

/** From which severity on a hit holds or blocks a message, as in the `chat` part of a policy. */
export interface VerdictLines {
  readonly holdFrom: number
  readonly blockFrom: number
}

/** What holds when no policy is given. */
export const defaultLines: VerdictLines = { holdFrom: 40, blockFrom: 80 }

/** The verdict on the worst of the hits. */
export function judgeMatches(matches: readonly Pick<TextMatch, 'severity'>[], lines: VerdictLines): Verdict {
  const worst = matches.reduce((severity, match) => Math.max(severity, match.severity), -1)
  if (worst >= lines.blockFrom) return 'block'
  return worst >= lines.holdFrom ? 'hold' : 'allow'
}

/** The verdict when no policy is given: severity 80 and more blocks, 40 and more holds, else allow. */
export function verdictWithoutPolicy(matches: readonly Pick<TextMatch, 'severity'>[]): Verdict {
  return judgeMatches(matches, defaultLines)
}
