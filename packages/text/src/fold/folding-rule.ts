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
  for (const { changes } of rules) {
    const [only] = folded
    // Nearly always it is one character: no new list then.
    if (folded.length === 1 && only !== undefined) folded = changes.get(only) ?? folded
    else folded = folded.flatMap((each) => changes.get(each) ?? [each])
  }
  return folded
}

/** What a text becomes under the rules; a lone surrogate is a character of its own. */
export function foldText(text: string, rules: readonly FoldingRule[]): number[] {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0).flatMap((each) => foldCodePoint(each, rules))
}
