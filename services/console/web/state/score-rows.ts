import type { SignalView } from '@streamkeeper/contracts'

export interface ScoreRow {
  key: string
  lane: SignalView['lane']
  label: SignalView['label']
  source: SignalView['source']
  hits: number
  peak: number
  severity: number
  /** All its hits are samples of a source that hits too many streams. */
  sample: boolean
}

/** Signals by lane, label and the very version that found them: how often and how high. */
export function scoreRows(signals: readonly SignalView[]): ScoreRow[] {
  const rows = new Map<string, ScoreRow>()
  for (const { lane, label, source, score, severity, sample } of signals) {
    const key = [lane, label, source.name, source.version, source.sha256].join(' ')
    const row = rows.get(key) ?? { key, lane, label, source, hits: 0, peak: 0, severity: 0, sample: true }
    rows.set(key, {
      ...row,
      hits: row.hits + 1,
      peak: Math.max(row.peak, score),
      severity: Math.max(row.severity, severity),
      sample: row.sample && sample,
    })
  }
  return [...rows.values()].sort((a, b) => b.severity - a.severity || b.peak - a.peak)
}
