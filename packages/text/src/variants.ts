import type { FoldingRule } from './fold/folding-rule.js'
import { invisible } from './fold/invisible.js'
import { letterCase } from './fold/letter-case.js'
import { width } from './fold/width.js'

/** Names that the column `variants` may list. `all` covers them and more, `none` is literal. */
export const variantNames = [
  'width',
  'case',
  'confusable',
  'leet',
  'separator',
  'repeat',
  'traditional',
  'pinyin',
  'emoji',
] as const
export type VariantName = (typeof variantNames)[number]

/** What an entry may look like: everything, nothing but itself, or the named disguises. */
export type Variants = 'all' | readonly VariantName[]

/** All folding there is, in order. A new disguise that works a character at a time is one more rule here. */
export const foldingRules: readonly FoldingRule[] = [invisible, width, letterCase]

/** Names of the variants that this version really looks through; the others are read and have no effect yet. */
export function implementedVariants(): string[] {
  return foldingRules.map((rule) => rule.name)
}

/** The rules that an entry allows. Invisible characters belong to `all` alone. */
export function rulesOf(variants: Variants): readonly FoldingRule[] {
  if (variants === 'all') return foldingRules
  return foldingRules.filter((rule) => variants.some((name) => name === rule.name))
}

/** Reads the column `variants`; undefined when a name in it is unknown or stands twice. */
export function parseVariants(cell: string): Variants | undefined {
  if (cell === 'all') return 'all'
  if (cell === 'none') return []
  const names = cell.split('+').map((part) => variantNames.find((name) => name === part.trim()))
  const known = names.filter((name) => name !== undefined)
  return known.length === names.length && new Set(known).size === known.length ? known : undefined
}
