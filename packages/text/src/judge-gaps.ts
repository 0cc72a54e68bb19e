import { visibleOf, type Reading, type Step } from './align-word.js'
import { foldText } from './fold/fold-character.js'
import { boundary, Kind, kindOf } from './fold/kinds.js'
import { isForeignPiece } from './fold/foreign-pieces.js'
import { isChineseWord, isEnglishWord } from './fold/words.js'
import { goesOn } from './judge-everyday.js'
import { simplify, type Pattern } from './pattern.js'
import { signsOf, type Gap, type Token } from './tokens.js'
import { bitOf, type VariantSet } from './variants.js'
import { isUnspaced } from './word-edges.js'

/** Signs that stand between two words of prose no more than letters do. */
const joiningSigns = /^[_*~^·#]+$/u

/** The place between two tokens of a hit. */
interface Joint {
  readonly gap: Gap | null
  /** What the entry itself has there. */
  readonly own: string
  /** Index of the token after it. */
  readonly after: number
}

interface Ground {
  readonly pattern: Pattern
  readonly reading: Reading
  readonly steps: readonly Step[]
  readonly allowed: VariantSet
}

const sentenceSign = /[，。！？；：、…,.!?;:\n]/u
/** Of these the ones that end nothing when they stand alone between two hanzi, in an entry of two and of three. */
const signInShort = /^[.:;、]$/u
const signInLong = /^[.:;、：；]$/u

/**
 * Whether what stands between the characters of a hit is a disguise, or two words that happen to meet. In spaced scripts a
 * space parts words unless it stands between all letters, or the pieces are words of no language that we know. Between
 * hanzi it parts them when either side makes a word with its other neighbour (在楼上 床好软 has no 上床).
 */
export function areGapsDisguise(ground: Ground): boolean {
  const joints = jointsOf(ground)
  if (!joints.every((joint) => isAllowed(joint, ground))) return false
  const free = joints.filter(({ own }) => own === '')
  const parted = free.filter(({ gap }) => gap !== null && visibleOf(gap) > 0)
  if (parted.length === 0) return !isWordWithoutItsSpace(joints, ground)
  // The end of a message parts letters as a sign does: c.a.s and i.n.o.
  const isUniform =
    free.every((joint) => parted.includes(joint) || joint.gap?.isBoundary === true) &&
    ground.pattern.characters.length > 2
  return isUniform || (isSpacedDisguise(parted, ground) && areUnboundHanzi(parted, ground))
}

function jointsOf({ pattern, reading, steps }: Ground): Joint[] {
  return steps.slice(1).map(({ token, character }, index) => ({
    gap: reading.tokens[token]?.gap ?? null,
    own: steps[index]?.character === character ? '' : (pattern.joints[character] ?? ''),
    after: token,
  }))
}

/** A sentence that ends where the entry has a space: "kill. Yourself" is two. */
const sentenceEnd = /^[.!?。！？…]+\s/u

/** What nobody writes inside a word, unless between all its letters: "C4, 51N, 0" are seats. */
const clauseEnd = /[,;:.!?]\s/

/** Is each thing in the gap one that the entry lets pass, by its variants, and no end of a sentence? */
function isAllowed(joint: Joint, { reading, allowed }: Ground): boolean {
  const { gap, own } = joint
  if (gap !== null && own !== '' && sentenceEnd.test(reading.text.slice(gap.start, gap.end))) {
    if (!isOwnJoint(reading.text.slice(gap.start, gap.end), own, allowed & bitOf.width)) return false
  }
  const needed = neededByJoint(joint.gap, joint.own, { text: reading.text, allowed })
  return (allowed & needed) === needed
}

/** The variants without which a gap could not stand where the entry has `own`, '' for nothing. */
export function neededByJoint(
  gap: Gap | null,
  own: string,
  { text, allowed }: { text: string; allowed: VariantSet },
): VariantSet {
  if (gap === null) return own === '' ? 0 : bitOf.separator
  const hidden = (gap.hasHidden ? bitOf.invisible : 0) | (gap.isBoundary ? bitOf.split : 0)
  return hidden | (own === '' ? neededToShow(gap) : neededForOwn(gap, own, { text, allowed }))
}

function neededToShow(gap: Gap): VariantSet {
  return (visibleOf(gap) > gap.emoji ? bitOf.separator : 0) | (gap.emoji > 0 ? bitOf.emoji : 0)
}

function neededForOwn(gap: Gap, own: string, { text, allowed }: { text: string; allowed: VariantSet }): VariantSet {
  const found = text.slice(gap.start, gap.end)
  if (isOwnJoint(found, own, 0)) return 0
  if (isOwnJoint(found, own, allowed & bitOf.width)) return bitOf.width
  if (visibleOf(gap) === 0) return gap.isBoundary ? 0 : bitOf.separator
  return neededToShow(gap)
}

function isOwnJoint(found: string, own: string, allowed: VariantSet): boolean {
  const shown = Array.from(found).filter((sign) => kindOf(sign.codePointAt(0) ?? 0) > Kind.mark && sign !== boundary)
  return foldText(shown.join(''), allowed).join() === foldText(own, allowed).join()
}

/** "therapist" is not "the rapist". */
function isWordWithoutItsSpace(joints: readonly Joint[], { reading, steps }: Ground): boolean {
  if (!joints.some(({ gap, own }) => own !== '' && gap === null)) return false
  return isEnglishWord(lettersOf(reading.tokens, steps[0]?.token ?? 0, steps.at(-1)?.token ?? 0))
}

/** Letters of the tokens as a word list writes them. */
export function lettersOf(tokens: readonly Token[], first: number, last: number): string {
  const found = tokens.slice(first, last + 1)
  return String.fromCodePoint(
    ...found.flatMap(({ codePoint, part }) => foldText(String.fromCodePoint(codePoint), plainForm)[part] ?? []),
  )
}

const plainForm = bitOf.width | bitOf.compatibility | bitOf.mark | bitOf.confusable | bitOf.case

/** The letters on either side of each gap. */
function piecesOf(joints: readonly Joint[], { tokens }: Reading, steps: readonly Step[]): string[] {
  const starts = [steps[0]?.token ?? 0, ...joints.map(({ after }) => after)]
  const ends = [...joints.map(({ after }) => after - 1), steps.at(-1)?.token ?? 0]
  return starts.map((start, index) => lettersOf(tokens, start, ends[index] ?? start))
}

/** Pieces of a Latin word: with a space between them none may be a word itself, with a hyphen or a picture alone not all. */
function isSpacedDisguise(parted: readonly Joint[], { pattern, reading, steps }: Ground): boolean {
  const own = parted.filter(({ after }) => !isUnspaced(at(reading, after)) && !isUnspaced(at(reading, after - 1)))
  if (own.length === 0) return true
  if (own.some(({ gap }) => gap !== null && clauseEnd.test(reading.text.slice(gap.start, gap.end)))) return false
  const pieces = piecesOf(own, reading, steps)
  // A sign that stands apart is a sign.
  if (pieces.some((piece) => !/[\p{L}\p{N}]/u.test(piece))) return false
  const isLong = pattern.characters.length > 3
  if (isOneInPieces(pieces, own, reading)) return true
  const isWeak = own.some(({ gap }) => gap !== null && gap.strong === 0 && (gap.emoji === 0 || gap.weak > 0))
  const isWord = (piece: string): boolean => isEnglishWord(piece) || /^[aio]$/.test(piece)
  if (!isWeak) return !pieces.every(isWord) || (isLong && own.every((joint) => isOfSignsThatJoin(joint, reading)))
  return isLong && !pieces.some(isWord) && !pieces.every(isForeignPiece)
}

/** So long a word in two pieces of such a length is no accident. */
const [longWord, longPiece, shortPiece, leastInPieces] = [8, 4, 3, 6]

function isOneInPieces(pieces: readonly string[], own: readonly Joint[], reading: Reading): boolean {
  return pieces.length === 2 ? isOneInTwo(pieces, own, reading) : isOfOneSign(pieces, own, reading)
}

/** only-fans, whats app: with one sign between also two words, with a space one at most is a word. The first is no article: the rapist. */
function isOneInTwo(pieces: readonly string[], own: readonly Joint[], { text }: Reading): boolean {
  const [one = '', two = ''] = pieces
  if (one.length < longPiece || one.length + two.length < longWord) return false
  const sign = signsOf(text, own[0]?.gap)
  if (!/^[-. ]$/.test(sign) || two.length < shortPiece) return false
  return !pieces.every(isEnglishWord) || (sign !== ' ' && two.length >= longPiece)
}

/** tele.gr.am: in three pieces and more with the same sign between, not all of them words. */
function isOfOneSign(pieces: readonly string[], own: readonly Joint[], { text }: Reading): boolean {
  const [sign = '', ...others] = own.map(({ gap }) => signsOf(text, gap))
  if (!/^[-._·]$/.test(sign) || others.some((other) => other !== sign)) return false
  return pieces.join('').length >= leastInPieces && !pieces.every(isEnglishWord)
}

function isOfSignsThatJoin({ gap }: Joint, { text }: Reading): boolean {
  return joiningSigns.test(signsOf(text, gap))
}

/** Hanzi around a gap that make a word with what stands outside the hit belong there. */
function areUnboundHanzi(parted: readonly Joint[], ground: Ground): boolean {
  const { pattern, reading } = ground
  const own = parted.filter(({ after }) => isUnspaced(at(reading, after)) || isUnspaced(at(reading, after - 1)))
  if (own.some(({ after }) => isBound(ground, after - 1, after))) return false
  if (own.some((joint) => isBetweenSentences(joint, ground))) return false
  if (pattern.characters.length > 3) return true
  return !own.some((joint) => endsSentence(joint, ground)) || standsAlone(ground)
}

/** Chinese ends no sentence with a sign of ASCII that touches hanzi on both sides; a colon hardly parts three by chance. */
function endsSentence({ gap, after }: Joint, { pattern, reading }: Ground): boolean {
  if (gap === null) return false
  const found = reading.text.slice(gap.start, gap.end)
  const isTight = isUnspaced(at(reading, after)) && isUnspaced(at(reading, after - 1))
  const between = pattern.characters.length > 2 ? signInLong : signInShort
  return sentenceSign.test(found) && !(isTight && between.test(found))
}

function isBound({ reading, steps }: Ground, before: number, after: number): boolean {
  const [first, last] = [steps[0]?.token ?? 0, steps.at(-1)?.token ?? 0]
  return (
    (before === first && makeWord(reading.tokens, before - 1)) || (after === last && makeWord(reading.tokens, after))
  )
}

/** One hanzi beyond the end of a sentence that others go on from, or come before: 去！死磕到底 is no 去死. */
function isBetweenSentences({ gap, after }: Joint, { reading, steps }: Ground): boolean {
  const { text, tokens } = reading
  if (gap === null || !/[。！？!?\n]/u.test(text.slice(gap.start, gap.end))) return false
  const [first, last] = [steps[0]?.token ?? 0, steps.at(-1)?.token ?? 0]
  return (after - 1 === first && goesOn(tokens, first - 1)) || (after === last && goesOn(tokens, last))
}

function standsAlone({ reading, steps }: Ground): boolean {
  const [first, last] = [steps[0]?.token ?? 0, steps.at(-1)?.token ?? 0]
  const before = reading.tokens[first - 1]
  const after = reading.tokens[last + 1]
  const touches = (token: Token | undefined, gap: Gap | null | undefined): boolean =>
    token !== undefined && (gap === null || gap === undefined) && isUnspaced(token.codePoint)
  return !touches(before, reading.tokens[first]?.gap) && !touches(after, after?.gap)
}

/** True when the token and the next one touch and are a word of two hanzi. */
export function makeWord(tokens: readonly Token[], index: number): boolean {
  const [one, two] = [tokens[index], tokens[index + 1]]
  if (one === undefined || two === undefined || two.gap !== null) return false
  return isChineseWord(String.fromCodePoint(simplify(one.codePoint), simplify(two.codePoint)))
}

function at({ tokens }: Reading, index: number): number {
  return tokens[index]?.codePoint ?? 0
}
