import type { Values } from './protocol.js'

/** How far a sum of float32 probabilities over thousands of classes may lie from 1. */
const TOLERANCE = 1e-2

/**
 * Of each step (shape [1, steps, classes]) only its likeliest class and how likely it is: [1, steps, 2]. Done in the
 * child, since the way to the parent costs more than this for thousands of classes. A step whose numbers are no
 * distribution gives NaN twice, so that nobody takes it for a letter or for none.
 */
export function takeLikeliest({ values, shape }: Values): Values {
  const steps = shape[1] ?? 0
  const classes = shape[2] ?? 0
  const taken = new Float32Array(steps * 2).fill(Number.NaN)
  for (let step = 0; step < steps; step++) {
    const from = step * classes
    let sum = 0
    let best = 0
    for (let index = 0; index < classes; index++) {
      const value = values[from + index] as number
      sum += value
      if (value > (values[from + best] as number)) best = index
    }
    const likely = values[from + best] as number
    // A NaN anywhere makes the sum NaN, and this comparison false.
    if (!(Math.abs(sum - 1) <= TOLERANCE && likely <= 1 + TOLERANCE)) continue
    taken[step * 2] = best
    taken[step * 2 + 1] = Math.min(1, likely)
  }
  return { values: taken, shape: [1, steps, 2] }
}
