import { allVariants, bitOf } from '../variants.js'
import { foldCharacter } from './fold-character.js'
import { invisible } from './invisible.js'
import { Kind, kindOf } from './kinds.js'
import { commonSigns, familyOf, rareSigns } from './leet.js'

/** What a code point is in a view besides a family: nothing that a word consists of, or several families. */
export const SKIPPED = -1
export const SEVERAL = -2

/** Planes 0 to 3 as far as there are characters: above them nobody reads anything. */
const tabled = 0x34000
const secondPlane = 0x20000

/**
 * One way to read a text: which characters words consist of, and which family each belongs to. Everything that may stand
 * for something else has the family of it, so that a search over families misses nothing; what is found is checked then.
 */
export interface View {
  kindOf(codePoint: number): Kind
  /** By code point: a family, SKIPPED or SEVERAL. Beyond its end nothing is read. */
  readonly families: Int32Array
  /** The families of the few that are SEVERAL. */
  readonly expansions: ReadonlyMap<number, readonly number[]>
}

function makeView(kindIn: (codePoint: number) => Kind, isRead: (kind: Kind) => boolean): View {
  const families = new Int32Array(tabled).fill(SKIPPED)
  const kinds = new Uint8Array(tabled)
  const expansions = new Map<number, readonly number[]>()
  for (let codePoint = 0; codePoint < tabled; codePoint += 1) {
    const kind = kindIn(codePoint)
    kinds[codePoint] = kind
    if (!isRead(kind)) continue
    const folded = readCharacter(codePoint)
    families[codePoint] = folded.length > 1 ? SEVERAL : (folded[0] ?? SKIPPED)
    if (folded.length > 1) expansions.set(codePoint, folded)
  }
  const kindOfRest = (codePoint: number): Kind => (invisible.has(codePoint) ? Kind.hidden : Kind.weak)
  return { families, expansions, kindOf: (codePoint) => (kinds[codePoint] ?? kindOfRest(codePoint)) as Kind }
}

function readCharacter(codePoint: number): readonly number[] {
  const isHanzi = (codePoint >= 0x3400 && codePoint < 0xa000) || (codePoint >= secondPlane && codePoint < 0x2f800)
  // Large blocks where little folds: what little does is one table's.
  if (isHanzi) return foldCharacter(codePoint, bitOf.traditional)
  if (codePoint >= 0xac00 && codePoint < 0xd7a4) return [codePoint]
  return foldCharacter(codePoint, allVariants).map(familyOf)
}

/** Made when first asked for: it takes a moment, and who only reads a word list needs none. */
function lazily(make: () => View): () => View {
  let made: View | undefined
  return () => (made ??= make())
}

/** Words of letters and digits; all else lies between them. */
export const plainView = lazily(() => makeView(kindOf, (kind) => kind === Kind.symbol))

/** The same with ! | + ( and the like read as letters. */
export const signView = lazily(() => withChanges(plainView(), new Map(rareSigns.map((sign) => [sign, Kind.symbol]))))

/** The same with @ and $ as what parts letters. */
export const partedView = lazily(() =>
  withChanges(plainView(), new Map(commonSigns.map((sign) => [sign, Kind.strong]))),
)

/** Strokes of hanzi that nobody reads, but writers of nicknames put between the others. */
export const strokes: readonly string[] = Array.from('丨丶丿亅灬彡乄〡')
/** The same with strokes as what parts hanzi. */
export const strokeView = lazily(() =>
  withChanges(plainView(), new Map(strokes.map((stroke) => [stroke.codePointAt(0) ?? 0, Kind.strong]))),
)

const regionalLetters = Array.from({ length: 26 }, (_, index) => 0x1f1e6 + index)
/** The same with flags as pictures, not as the letters that they are written with. */
export const flagView = lazily(() =>
  withChanges(plainView(), new Map(regionalLetters.map((letter) => [letter, Kind.emoji]))),
)

/** The same with the digits of tones (feng1) as nothing. */
export const toneView = lazily(() =>
  withChanges(plainView(), new Map(Array.from('12345', (digit) => [digit.codePointAt(0) ?? 0, Kind.tone]))),
)

/** Every character that shows counts: for entries that are made of signs or pictures. */
export const literalView = lazily(() =>
  makeView(
    (codePoint) => {
      const kind = kindOf(codePoint)
      return kind === Kind.hidden || kind === Kind.mark || kind === Kind.boundary ? kind : Kind.symbol
    },
    (kind) => kind === Kind.symbol,
  ),
)

function withChanges(base: View, changes: ReadonlyMap<number, Kind>): View {
  const families = base.families.slice()
  for (const [codePoint, kind] of changes) {
    families[codePoint] = kind === Kind.symbol ? (readCharacter(codePoint)[0] ?? SKIPPED) : SKIPPED
  }
  return { ...base, families, kindOf: (codePoint) => changes.get(codePoint) ?? base.kindOf(codePoint) }
}
