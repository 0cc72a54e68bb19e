import type { Label } from '@streamkeeper/contracts'
import type { Manifest } from './manifest.js'

export interface LabelScore {
  label: Label
  score: number
}

export type ReadScores =
  | { ok: true; scores: Record<string, number>; labels: LabelScore[] }
  | { ok: false; detail: string }

/** How far a sum of float32 probabilities may lie from 1; softmax over 5 classes stays within 1e-6. */
const TOLERANCE = 1e-3

/**
 * Turns a model's numbers into scores by raw label and by our label codes. Several raw labels of one code add up in a
 * distribution and give their largest otherwise. Numbers that cannot be probabilities are no answer at all.
 */
export function readScores(manifest: Manifest, values: readonly number[]): ReadScores {
  const fault = findFault(manifest, values)
  if (fault !== undefined) return { ok: false, detail: fault }
  const distribution = manifest.output.kind === 'distribution'
  const scores: Record<string, number> = {}
  const byLabel = new Map<Label, number>()
  for (const [index, { raw, label }] of manifest.labels.entries()) {
    const score = Math.min(1, Math.max(0, values[index] ?? 0))
    scores[raw] = score
    if (label === null) continue
    const before = byLabel.get(label) ?? 0
    byLabel.set(label, distribution ? Math.min(1, before + score) : Math.max(before, score))
  }
  return { ok: true, scores, labels: [...byLabel].map(([label, score]) => ({ label, score })) }
}

function findFault({ labels, output }: Manifest, values: readonly number[]): string | undefined {
  if (values.length !== labels.length) return `${values.length} numbers for ${labels.length} labels`
  const odd = values.find((value) => !(value >= -TOLERANCE && value <= 1 + TOLERANCE))
  if (odd !== undefined) return `${odd} is no probability`
  const sum = values.reduce((total, value) => total + value, 0)
  if (output.kind === 'distribution' && Math.abs(sum - 1) > TOLERANCE) return `scores add up to ${sum}`
  return undefined
}
