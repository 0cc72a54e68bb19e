import { addRow, parseLexicon, removeRows } from './index.js'

const row = { word: 'kite', category: 'SPAM', severity: '50', match: 'auto', variants: 'all' }
const list =
  'word,category,severity,match,variants\n# a wrong row\nblue kite,FRAUD,90,auto,all\r\nkite,ABUSE,40,word,none\n'
const wordsOf = (text: string) =>
  parseLexicon(text, 'l').lexicon.entries.map(({ word, category }) => `${word} ${category}`)

test('a row is added behind the others, which stay as they are', () => {
  expect(addRow(list, row)).toBe(`${list}kite,SPAM,50,auto,all\n`)
  expect(addRow(list.trimEnd(), row)).toBe(`${list}kite,SPAM,50,auto,all\n`)
  expect(wordsOf(addRow('', row))).toEqual(['kite SPAM'])
  expect(wordsOf(addRow('', { ...row, word: 'a, "b"' }))).toEqual(['a, "b" SPAM'])
})

test.each([
  [{ ...row, category: '' }, /category/],
  [{ ...row, severity: '101' }, /severity/],
  [{ ...row, match: 'x' }, /match/],
  [{ ...row, variants: 'some' }, /variants/],
  [{ ...row, word: '\u200b' }, /visible/],
  [{ ...row, category: 'ABUSE' }, /stands in line 4/],
])('a row that is wrong is refused by its field: %j', (wrong, message) => {
  expect(() => addRow(list, wrong)).toThrow(message)
})

test('a row with a line break is refused, not cut in two', () => {
  expect(() => addRow(list, { ...row, word: 'a\nb' })).toThrow(RangeError)
})

test('rows of a word are removed, of all categories or of one', () => {
  const more = addRow(list, row)
  expect(removeRows(more, 'kite')).toEqual({
    text: 'word,category,severity,match,variants\n# a wrong row\nblue kite,FRAUD,90,auto,all\r\n',
    removed: 2,
  })
  expect(removeRows(more, 'kite', 'SPAM')).toEqual({ text: list, removed: 1 })
  expect(removeRows(more, 'none')).toEqual({ text: more, removed: 0 })
})

test('an entry may hold for a time, in a list that has the column', () => {
  const row = { word: 'kite', category: 'SPAM', severity: '40', match: 'auto', variants: 'all' }
  const list = addRow(addRow('', { ...row, expires: '2027-01-31' }), { ...row, word: 'lantern' })
  expect(list).toBe(
    'word,category,severity,match,variants,expires\nkite,SPAM,40,auto,all,2027-01-31\nlantern,SPAM,40,auto,all,\n',
  )
  expect(removeRows(list, 'kite').removed).toBe(1)
  expect(() => addRow(list, { ...row, word: 'x1', expires: 'soon' })).toThrow('expires must be a day')
  const short = addRow('', row)
  expect(() => addRow(short, { ...row, word: 'x1', expires: '2027-01-31' })).toThrow('no column expires')
})
