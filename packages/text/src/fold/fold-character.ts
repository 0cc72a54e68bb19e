import { bitOf, type VariantSet } from '../variants.js'
import { compatibleForm } from './compatibility.js'
import { letterCase } from './letter-case.js'
import { withoutMarks } from './marks.js'
import { readPairs } from './read-table.js'
import { width } from './width.js'

interface Step {
  readonly bit: VariantSet
  readonly change: (codePoint: number) => readonly number[]
}

const oneOf = (table: ReadonlyMap<number, number>) => (codePoint: number) => [table.get(codePoint) ?? codePoint]
const someOf = (table: ReadonlyMap<number, readonly number[]>) => (codePoint: number) =>
  table.get(codePoint) ?? [codePoint]

/** What is drawn like another character, and that one. */
export const lookAlikes: ReadonlyMap<number, number> = readPairs('confusables.txt')
const confusable: Step = { bit: bitOf.confusable, change: oneOf(lookAlikes) }

/** Look-alikes are asked more than once: Η looks like H and η like n, but most are named for one of their cases alone. */
const steps: readonly Step[] = [
  confusable,
  { bit: bitOf.width, change: someOf(width) },
  { bit: bitOf.compatibility, change: compatibleForm },
  { bit: bitOf.mark, change: (codePoint) => [withoutMarks(codePoint)] },
  confusable,
  { bit: bitOf.case, change: someOf(letterCase) },
  confusable,
  { bit: bitOf.traditional, change: oneOf(readPairs('simplified.txt')) },
]

/** What a code point becomes when the variants of the set are looked through: one or several code points. */
export function foldCharacter(codePoint: number, set: VariantSet): readonly number[] {
  let folded: readonly number[] = [codePoint]
  for (const { bit, change } of steps) {
    if ((set & bit) === 0) continue
    const [only] = folded
    // Nearly always it is one character: no new lists then.
    folded = folded.length === 1 && only !== undefined ? change(only) : folded.flatMap(change)
  }
  return folded
}

/** The same for a text; a lone surrogate is a character of its own. */
export function foldText(text: string, set: VariantSet): number[] {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0).flatMap((each) => foldCharacter(each, set))
}
