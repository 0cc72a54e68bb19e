import { readFileSync } from 'node:fs'
import { Label, StreamkeeperError } from '@streamkeeper/contracts'
import fc from 'fast-check'
import { demoLexiconUrl, labelOf, parseLexicon } from './index.js'

const header = 'word,category,severity,match,variants'
const parse = (...rows: string[]) => parseLexicon([header, ...rows].join('\n'), 'list')

describe('parseLexicon', () => {
  it('reads BOM, CRLF, quoted fields, spaces around fields and blank lines', () => {
    const text = `\ufeff${header}\r\n"one, ""two""",SPAM,0,anywhere,none\r\n\r\n 风筝 , FRAUD , 100 , word , width+case \r\n`
    const { lexicon, problems } = parseLexicon(text, 'list')
    expect(problems).toEqual([])
    expect(lexicon.entries).toEqual([
      { word: 'one, "two"', category: 'SPAM', severity: 0, match: 'anywhere', variants: [] },
      { word: '风筝', category: 'FRAUD', severity: 100, match: 'word', variants: ['width', 'case'] },
    ])
  })

  it.each([
    ['an empty category', 'x, ,50,auto,all', 2, /category is empty/],
    ['a category beyond measure', `x,${'c'.repeat(65)},50,auto,all`, 2, /64/],
    ['a category with a control character', 'x,SP\u0000AM,50,auto,all', 2, /control/],
    ['a severity above 100', 'x,SPAM,101,auto,all', 3, /severity .*"101"/],
    ['a severity below 0', 'x,SPAM,-1,auto,all', 3, /severity/],
    ['a severity that is no whole number', 'x,SPAM,5.5,auto,all', 3, /severity/],
    ['an empty severity', 'x,SPAM,,auto,all', 3, /severity/],
    ['an unknown match', 'x,SPAM,5,regex,all', 4, /match .*"regex"/],
    ['an unknown variant', 'x,SPAM,5,auto,width+rot13', 5, /variants .*"width\+rot13"/],
    ['a variant twice', 'x,SPAM,5,auto,width+width', 5, /variants/],
    ['all within a list', 'x,SPAM,5,auto,width+all', 5, /variants/],
    ['too few fields', 'x,SPAM,5', 4, /5 fields are needed, not 3/],
    ['too many fields', 'x,SPAM,5,auto,all,more', 6, /5 fields are needed, not 6/],
    ['an empty word', ',SPAM,5,auto,all', 1, /no visible character/],
    ['a word of invisible characters', '\u200b\ufe0f,SPAM,5,auto,none', 1, /no visible character/],
    ['half of a surrogate pair', 'a\ud800,SPAM,5,auto,all', 1, /surrogate/],
    ['a word beyond measure', `${'a'.repeat(201)},SPAM,5,auto,all`, 1, /200/],
    ['a word that came before', 'fine,SPAM,9,word,none', 1, /line 2/],
    ['a quote that is not closed', '"x,SPAM,5,auto,all', 1, /quote/],
    ['a quote inside of a field', 'x,SP"AM,5,auto,all', 2, /quote/],
  ])('names %s by line and column and loads the others', (_, row, column, message) => {
    const { lexicon, problems } = parse('fine,SPAM,50,auto,all', row, '"also fine",SPAM,50,auto,all')
    expect(problems).toEqual([{ line: 3, column, message: expect.stringMatching(message) as string }])
    expect(lexicon.entries.map((entry) => entry.word)).toEqual(['fine', 'also fine'])
  })

  it.each(['', 'word,category', 'category,word,severity,match,variants', 'blue kite,FRAUD,90,auto,all'])(
    'refuses the file when its header is %j',
    (first) => {
      const code = expect.objectContaining({ code: 'LEXICON_INVALID' }) as StreamkeeperError
      expect(() => parseLexicon(`${first}\nx,SPAM,5,auto,all`, 'list')).toThrow(StreamkeeperError)
      expect(() => parseLexicon(`${first}\nx,SPAM,5,auto,all`, 'list')).toThrow(code)
    },
  )

  it('takes every label and allow as category, and every variant name', () => {
    const names = 'width+case+confusable+leet+separator+repeat+traditional+pinyin+emoji'
    const rows = [...Label.options, 'allow'].map((category) => `x,${category},5,auto,${names}`)
    expect(parse(...rows)).toMatchObject({
      problems: [],
      warnings: [],
      lexicon: { entries: { length: Label.options.length + 1 } },
    })
  })

  it('takes a category of any name, and tells once by its first line that it is no label', () => {
    const { lexicon, problems, warnings } = parse(
      'a1,FRUAD,50,auto,all',
      'b1,SPAM,50,auto,all',
      'c1,赌博 & co,50,auto,all',
      'd1,FRUAD,50,auto,all',
      'e1,FRUAD,500,auto,all',
    )
    expect(lexicon.entries.map(({ category }) => category)).toEqual(['FRUAD', 'SPAM', '赌博 & co', 'FRUAD'])
    expect(problems).toMatchObject([{ line: 6, column: 3 }])
    expect(warnings).toEqual([
      { line: 2, column: 2, message: 'category "FRUAD" is no label: it counts as OTHER, in 2 rows' },
      { line: 4, column: 2, message: 'category "赌博 & co" is no label: it counts as OTHER' },
    ])
    expect(['FRUAD', 'FRAUD', 'spam'].map(labelOf)).toEqual(['OTHER', 'FRAUD', 'OTHER'])
  })

  it('knows a file by its content', () => {
    const [one, other] = [parse('x,SPAM,5,auto,all').lexicon, parse('x,SPAM,6,auto,all').lexicon]
    expect(one.version).toMatch(/^[0-9a-f]{12}$/)
    expect(one.sha256.startsWith(one.version)).toBe(true)
    expect(one.sha256).not.toBe(other.sha256)
    expect(one.sha256).toBe(parse('x,SPAM,5,auto,all').lexicon.sha256)
  })

  it('never throws on what follows the header, and accounts for every row', () => {
    const cell = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('SPAM', '5', 'auto', 'all', '"', ',', 'x'))
    fc.assert(
      fc.property(fc.array(fc.array(cell, { maxLength: 6 }).map((cells) => cells.join(','))), (rows) => {
        const { lexicon, problems } = parse(...rows)
        const lines = rows.join('\n').split(/\r\n|\n|\r/)
        expect(lexicon.entries.length + problems.length).toBe(lines.filter((line) => line.trim() !== '').length)
      }),
    )
  })

  it('reads the demo list without a problem', () => {
    const { lexicon, problems } = parseLexicon(readFileSync(demoLexiconUrl, 'utf8'), 'demo')
    expect(problems).toEqual([])
    expect(lexicon.entries.map((entry) => entry.word)).toEqual(expect.arrayContaining(['blue kite', '蓝色风筝']))
  })
})

test('a list may say until when entries hold; a day that is none is named', () => {
  const rows =
    'word,category,severity,match,variants,expires\na1,SPAM,50,auto,all,2027-01-31\nb1,SPAM,50,auto,all,\nc1,SPAM,50,auto,all,2027-02-30\nd1,SPAM,50,auto,all\n'
  const { lexicon, problems } = parseLexicon(rows, 'list')
  expect(lexicon.entries.map(({ expiresAt }) => expiresAt)).toEqual([Date.parse('2027-02-01T00:00:00Z'), undefined])
  expect(problems.map(({ line, column }) => [line, column])).toEqual([
    [4, 6],
    [5, 6],
  ])
})
