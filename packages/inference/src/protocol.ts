/** What parent and child say to each other. Sent with `serialization: 'advanced'`, so typed arrays travel as bytes. */
import type { RefusalReason } from './model-refused-error.js'

/** What a session must have: names, and shapes for one picture. `null` is a side that the model leaves open. */
export interface Interface {
  input: { name: string; shape: Shape }
  output: { name: string; shape: Shape }
  /** `ctc`: of each step only its likeliest class and how likely it is, [class, probability]; NaN for a step that is no distribution. */
  answer: 'all' | 'ctc'
}
export type Shape = readonly (number | null)[]

/** What goes into a session, and what comes out. */
export interface Values {
  values: Float32Array
  shape: readonly number[]
}

export type ToWorker = ({ type: 'load'; bytes: Uint8Array } & Interface) | ({ type: 'run' } & Values)

export type FromWorker =
  | { type: 'ready' }
  | { type: 'refused'; reason: RefusalReason; detail: string }
  | ({ type: 'answer'; rssBytes: number } & Values)
  | { type: 'broken'; detail: string; rssBytes: number }
