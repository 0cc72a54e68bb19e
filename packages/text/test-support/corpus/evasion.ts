/** A line that hides a word, and how. `before` are earlier messages of the same account. */
export interface Evasion {
  readonly technique: string
  readonly entry: string
  readonly text: string
  readonly before?: readonly string[]
}
