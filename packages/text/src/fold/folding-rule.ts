/**
 * One normalisation, as data: the code points that it changes and what each becomes (an empty list: it is skipped).
 * It looks at one code point at a time, so folding a text piece by piece gives the same as folding it whole.
 */
export interface FoldingRule {
  readonly name: string
  readonly changes: ReadonlyMap<number, readonly number[]>
}

/** What one code point becomes under the rules, applied in their order. */
export function foldCodePoint(codePoint: number, rules: readonly FoldingRule[]): readonly number[] {
  let folded: readonly number[] = [codePoint]
  for (const { changes } of rules) folded = folded.flatMap((each) => changes.get(each) ?? [each])
  return folded
}

/** What a text becomes under the rules; a lone surrogate is a character of its own. */
export function foldText(text: string, rules: readonly FoldingRule[]): number[] {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0).flatMap((each) => foldCodePoint(each, rules))
}
