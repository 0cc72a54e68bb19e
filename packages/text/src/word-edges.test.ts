import { barredBeside, isFree } from './word-edges.js'

const code = (character: string) => character.codePointAt(0) ?? 0
const free = (edge: string, match: 'auto' | 'word' | 'anywhere', neighbour: string) =>
  isFree(code(neighbour), barredBeside(code(edge), match))

describe('word edges', () => {
  it.each(['z', 'Ж', 'é', '5', '\u0301', 'Ｚ', '한', 'ب', '٣', '𝒳'])(
    '%j beside a Latin letter bars a whole word',
    (beside) => {
      expect(free('k', 'auto', beside)).toBe(false)
      expect(free('k', 'word', beside)).toBe(false)
      expect(free('k', 'anywhere', beside)).toBe(true)
    },
  )
  it.each([' ', '.', '_', '中', 'あ', 'ア', 'ｱ', 'ﾞ', 'ー', '々', 'ก', '\u0e34', '😀', '\ud800'])(
    '%j beside a Latin letter leaves it whole',
    (beside) => {
      expect(free('k', 'auto', beside)).toBe(true)
      expect(free('k', 'word', beside)).toBe(true)
    },
  )
  it('finds Chinese anywhere unless a whole word is asked for', () => {
    expect(free('风', 'auto', '大')).toBe(true)
    expect(free('风', 'auto', 'x')).toBe(true)
    expect(free('风', 'word', '大')).toBe(false)
    expect(free('风', 'word', '，')).toBe(true)
  })
  it('takes the ends of the text as free', () => {
    expect(isFree(undefined, 'any')).toBe(true)
  })
})
