/** Signs that stand beside a word and are no part of it, whatever their compatibility form says. */
const besideWords = new Set(Array.from('™℠©®', (sign) => sign.codePointAt(0)))
const letterOrDigit = /[\p{L}\p{N}]/u
const decimal = /^\p{Nd}$/u
const hangulJamo = /^[\u3131-\u318e\uffa0-\uffdc]$/

/** Blocks of letters in squares and circles that the Unicode data gives no form for, and flags: first, last, what the first is. */
const enclosed: readonly [first: number, last: number][] = [
  [0x1f130, 0x1f149],
  [0x1f150, 0x1f169],
  [0x1f170, 0x1f189],
  [0x1f1e6, 0x1f1ff],
]
const capitalA = 0x41
/** Numbers in circles likewise: first, last, the number that the first is. */
const enclosedNumbers: readonly [first: number, last: number, number: number][] = [
  [0x24eb, 0x24f4, 11],
  [0x24f5, 0x24fe, 1],
  [0x24ff, 0x24ff, 0],
  [0x2776, 0x277f, 1],
  [0x2780, 0x2789, 1],
  [0x278a, 0x2793, 1],
  [0x1f10b, 0x1f10b, 0],
  [0x1f10c, 0x1f10c, 0],
]

/**
 * What a mathematical, enclosed, raised or joined character stands for: its letters and digits by the compatibility form
 * (NFKC); digits of every script become the ten of ASCII. What holds no letter or digit stays.
 */
export function compatibleForm(codePoint: number): readonly number[] {
  if (codePoint < 0x80 || besideWords.has(codePoint)) return [codePoint]
  const block = enclosed.find(([first, last]) => codePoint >= first && codePoint <= last)
  if (block !== undefined) return [capitalA + codePoint - block[0]]
  const number = numberOf(codePoint)
  if (number !== undefined) return Array.from(String(number), (digit) => digit.codePointAt(0) ?? 0)
  const character = String.fromCodePoint(codePoint)
  if (decimal.test(character)) return [digitOf(codePoint)]
  if (hangulJamo.test(character)) return [codePoint]
  const form = character.normalize('NFKC')
  if (form === character) return [codePoint]
  const letters = Array.from(form).filter((part) => letterOrDigit.test(part) || /\p{M}/u.test(part))
  return letters.some((part) => letterOrDigit.test(part))
    ? letters.map((part) => part.codePointAt(0) ?? 0)
    : [codePoint]
}

function numberOf(codePoint: number): number | undefined {
  const block = enclosedNumbers.find(([first, last]) => codePoint >= first && codePoint <= last)
  return block === undefined ? undefined : block[2] + codePoint - block[0]
}

/** Decimal digits stand in runs of ten, from 0. */
function digitOf(codePoint: number): number {
  let zero = codePoint
  while (codePoint - zero < 9 && decimal.test(String.fromCodePoint(zero - 1))) zero -= 1
  // Runs may touch (the mathematical digits): then the compatibility form is the one who knows.
  const form = String.fromCodePoint(codePoint).normalize('NFKC')
  return /^\d$/.test(form) ? (form.codePointAt(0) ?? 0) : 0x30 + ((codePoint - zero) % 10)
}
