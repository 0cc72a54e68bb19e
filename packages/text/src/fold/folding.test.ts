import { invisible } from './invisible.js'
import { letterCase } from './letter-case.js'
import { width } from './width.js'

type Table = ReadonlyMap<number, readonly number[]>
const fold = (text: string, table: Table) =>
  String.fromCodePoint(
    ...Array.from(text, (character) => character.codePointAt(0) ?? 0).flatMap((each) => table.get(each) ?? [each]),
  )

describe('folding', () => {
  it('is the case folding of the Unicode data, no more and no less', () => {
    const cased = Array.from({ length: 0x1f000 }, (_, codePoint) => codePoint)
      .filter((codePoint) => codePoint < 0xd800 || codePoint > 0xdfff)
      .map((codePoint) => String.fromCodePoint(codePoint))
      .filter((character) => /[\p{CWL}\p{CWU}\p{CWT}\p{CWCF}]/u.test(character))
    const everything = cased.join('')
    const partners = (character: string) => everything.match(new RegExp(character, 'giu')) ?? []
    const byFold = new Map<string, string>()
    for (const character of cased) {
      const folded = fold(character, letterCase)
      byFold.set(folded, (byFold.get(folded) ?? '') + character)
    }
    const wrong = cased.filter((character) => partners(character).join('') !== byFold.get(fold(character, letterCase)))
    expect(cased.length).toBeGreaterThan(2_500)
    expect(wrong).toEqual([])
  })

  it.each([
    ['ẞ', 'ß'],
    ['ß', 'ß'],
    ['ﬀ', 'ﬀ'],
    ['İ', 'İ'],
    ['ı', 'ı'],
    ['I', 'i'],
    ['ς', 'σ'],
    ['\u212a', 'k'],
    ['ſ', 's'],
    ['𐐀', '𐐨'],
  ])('case: %s becomes %s', (from, to) => {
    expect(fold(from, letterCase)).toBe(to)
  })

  it('width is the compatibility form of every full-width and half-width character', () => {
    for (let codePoint = 0xff01; codePoint <= 0xffee; codePoint++) {
      const character = String.fromCodePoint(codePoint)
      if (/\p{Cn}/u.test(character) || invisible.has(codePoint)) continue
      expect(fold(character, width).normalize('NFKC')).toBe(character.normalize('NFKC'))
    }
  })

  it('width joins half-width katakana and its sound marks', () => {
    expect(fold('ｶﾞｲﾄﾞ', width)).toBe(fold('ガイド', width))
    expect(fold('ﾊﾟ', width)).not.toBe(fold('バ', width))
    expect(fold('　', width)).toBe(' ')
  })

  it('skips what nobody sees and nothing else', () => {
    expect(fold('a\u200b\u200d\u2060\ufeff\u202e\u2066\u00ad\ufe0f\u{e0101}\u{e0041}\u0000b', invisible)).toBe('ab')
    expect(fold('a \t\n\u00a0\u3000\u0301', invisible)).toBe('a \t\n\u00a0\u3000\u0301')
  })
})
