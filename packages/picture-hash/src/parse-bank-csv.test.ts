import { Label, type StreamkeeperError } from '@streamkeeper/contracts'
import fc from 'fast-check'
import { Dice } from '../test-support/dice.js'
import { parseBankCsv, parseBankCsvAside } from './index.js'

const header = 'hash,category,severity,note'
const hashOf = (seed: number): string => {
  const dice = new Dice(seed)
  return Array.from({ length: 64 }, () => dice.below(16).toString(16)).join('')
}
const [first, second, third] = [hashOf(1), hashOf(2), hashOf(3)]
const parse = (...rows: string[]) => parseBankCsv([header, ...rows].join('\n'), 'list')

describe('parseBankCsv', () => {
  it('reads BOM, CRLF, capitals, quoted fields, spaces around fields and blank lines', () => {
    const text = `\ufeff${header}\r\n${first.toUpperCase()},IP,0,"a, ""b"""\r\n\r\n ${second} , TERROR , 100 ,  \r\n`
    const { list, problems } = parseBankCsv(text, 'list')
    expect(problems).toEqual([])
    expect(list.entries).toEqual([
      { hash: first, category: 'IP', severity: 0, note: 'a, "b"', source: 'list' },
      { hash: second, category: 'TERROR', severity: 100, note: '', source: 'list' },
    ])
  })

  it.each([
    ['a hash of 63 digits', `${second.slice(1)},IP,50,`, 1, /64 hex digits/],
    ['a hash of 65 digits', `0${second},IP,50,`, 1, /64 hex digits/],
    ['a hash with other signs', `g${second.slice(1)},IP,50,`, 1, /64 hex digits/],
    ['an empty hash', ',IP,50,', 1, /64 hex digits/],
    ['the hash of a black picture', `${'0'.repeat(64)},IP,50,`, 1, /0 of 256 bits/],
    ['a hash with too many bits', `${'f'.repeat(64)},IP,50,`, 1, /256 of 256 bits/],
    ['a hash that came before', `${first.toUpperCase()},IP,9,other`, 1, /line 2/],
    ['an unknown category', `${second},NONSENSE,50,`, 2, /category .*"NONSENSE"/],
    ['the category allow', `${second},allow,50,`, 2, /category/],
    ['a severity above 100', `${second},IP,101,`, 3, /severity .*"101"/],
    ['a severity that is no whole number', `${second},IP,5.5,`, 3, /severity/],
    ['an empty severity', `${second},IP,,`, 3, /severity/],
    ['a note beyond measure', `${second},IP,50,${'a'.repeat(201)}`, 4, /200/],
    ['a control character', `${second},IP,50,a\u0007b`, 4, /control/],
    ['half of a surrogate pair', `${second},IP,50,a\ud800`, 4, /surrogate/],
    ['too few fields', `${second},IP,50`, 4, /4 fields are needed, not 3/],
    ['too many fields', `${second},IP,50,a,b`, 5, /4 fields are needed, not 5/],
    ['a quote that is not closed', `"${second},IP,50,`, 1, /quote/],
  ])('names %s by line and column and loads the others', (_, row, column, message) => {
    const { list, problems } = parse(`${first},IP,50,`, row, `${third},"IP",50,`)
    expect(problems).toEqual([{ line: 3, column, message: expect.stringMatching(message) as string }])
    expect(list.entries.map((entry) => entry.hash)).toEqual([first, third])
  })

  it('takes one hash in two categories, and every label', () => {
    const rows = Label.options.map((label) => `${first},${label},5,`)
    expect(parse(...rows)).toMatchObject({ problems: [], list: { entries: { length: Label.options.length } } })
  })

  it.each(['', 'hash,category', 'category,hash,severity,note', `${first},IP,90,`])(
    'refuses the file when its header is %j',
    (head) => {
      const code = expect.objectContaining({ code: 'BANK_INVALID' }) as StreamkeeperError
      expect(() => parseBankCsv(`${head}\n${first},IP,5,`, 'list')).toThrow(code)
    },
  )

  it('knows a file by its content', () => {
    const [one, other] = [parse(`${first},IP,5,`).list, parse(`${first},IP,6,`).list]
    expect(one.version).toMatch(/^[0-9a-f]{12}$/)
    expect(one.sha256.startsWith(one.version)).toBe(true)
    expect(one.sha256).not.toBe(other.sha256)
    expect(one).toEqual(parse(`${first},IP,5,`).list)
  })

  it('never throws on what follows the header, and accounts for every row', () => {
    const cell = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(first, 'IP', '5', '"', ',', 'x'))
    fc.assert(
      fc.property(fc.array(fc.array(cell, { maxLength: 5 }).map((cells) => cells.join(','))), (rows) => {
        const { list, problems } = parse(...rows)
        const lines = rows.join('\n').split(/\r\n|\n|\r/)
        expect(list.entries.length + problems.length).toBe(lines.filter((line) => line.trim() !== '').length)
      }),
    )
  })

  it('reads the same with pauses', async () => {
    const text = [header, ...Array.from({ length: 25_000 }, (_, n) => `${hashOf(n)},IP,5,`), 'wrong'].join('\n')
    let pauses = 0
    const aside = await parseBankCsvAside(text, 'list', () => Promise.resolve((pauses += 1)))
    expect(pauses).toBe(1)
    expect(aside).toEqual(parseBankCsv(text, 'list'))
    expect(aside.problems).toEqual([expect.objectContaining({ line: 25_002 })])
  })
})
