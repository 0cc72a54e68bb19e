/** One table of what is looked through: the code points that it changes and what each becomes (an empty list: it is skipped). */
export interface FoldingRule {
  readonly name: string
  readonly changes: ReadonlyMap<number, readonly number[]>
}
