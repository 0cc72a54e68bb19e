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

/** Disguises that belong to `all` alone. */
const others = ['invisible', 'compatibility', 'mark', 'sound', 'split'] as const
type AnyVariant = VariantName | (typeof others)[number]

/** Every name that `via` of a hit may hold. */
export const everyName: readonly AnyVariant[] = [...variantNames, ...others]

/** A set of variants as bits: one number says what an entry allows, or what a hit needed. */
export type VariantSet = number

/** The bit of each variant. */
export const bitOf = Object.fromEntries(everyName.map((name, index) => [name, 1 << index])) as Readonly<
  Record<AnyVariant, VariantSet>
>

export const allVariants: VariantSet = 2 ** everyName.length - 1

/** What an entry allows. */
export function variantSetOf(variants: Variants): VariantSet {
  if (variants === 'all') return allVariants
  return variants.reduce((set, name) => set | bitOf[name], 0)
}

/** The names of a set, in a fixed order. */
export function namesOf(set: VariantSet): AnyVariant[] {
  return everyName.filter((name) => (set & bitOf[name]) !== 0)
}

/** Reads the column `variants`; undefined when a name in it is unknown or stands twice. */
export function parseVariants(cell: string): Variants | undefined {
  if (cell === 'all') return 'all'
  if (cell === 'none') return []
  const names = cell.split('+').map((part) => variantNames.find((name) => name === part.trim()))
  const known = names.filter((name) => name !== undefined)
  return known.length === names.length && new Set(known).size === known.length ? known : undefined
}
