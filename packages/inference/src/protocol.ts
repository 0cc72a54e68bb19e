/** What parent and child say to each other. Sent with `serialization: 'advanced'`, so typed arrays travel as bytes. */
import type { RefusalReason } from './model-refused-error.js'

/** What a session must have: names, and shapes for one picture. */
export interface Interface {
  input: { name: string; shape: readonly number[] }
  output: { name: string; shape: readonly number[] }
}

export type ToWorker = ({ type: 'load'; bytes: Uint8Array } & Interface) | { type: 'run'; tensor: Float32Array }

export type FromWorker =
  | { type: 'ready' }
  | { type: 'refused'; reason: RefusalReason; detail: string }
  | { type: 'scores'; values: number[]; rssBytes: number }
  | { type: 'broken'; detail: string; rssBytes: number }
