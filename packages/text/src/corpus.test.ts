import { entries } from '../test-support/corpus/entries.js'
import { makeEvasions } from '../test-support/corpus/evasions.js'
import { makeNegatives } from '../test-support/corpus/negatives.js'
import { buildMatcher, type Lexicon } from './index.js'

const lexicon: Lexicon = { name: 'corpus', version: '1', sha256: '', entries }
const matcher = buildMatcher([lexicon])
const scan = (text: string, before: readonly string[] = []) => [
  ...matcher.scan(text),
  ...matcher.scanAfter(before, text),
]

/** Right answers and all, by technique. */
function count<T extends { technique: string }>(lines: readonly T[], isRight: (line: T) => boolean) {
  const wrong: T[] = []
  const table = new Map<string, { right: number; all: number }>()
  for (const line of lines) {
    const row = table.get(line.technique) ?? { right: 0, all: 0 }
    const right = isRight(line)
    if (!right) wrong.push(line)
    table.set(line.technique, { right: row.right + (right ? 1 : 0), all: row.all + 1 })
  }
  return { table, wrong, share: 1 - wrong.length / lines.length }
}

/** STREAMKEEPER_SHOW_CORPUS=1 writes the table of docs/screening.md, and what was judged wrong. */
function tell(table: ReadonlyMap<string, { right: number; all: number }>, wrong: readonly object[]): void {
  if (process.env['STREAMKEEPER_SHOW_CORPUS'] === undefined) return
  const rows = Array.from(table, ([name, { right, all }]) => `| ${name} | ${right} of ${all} |`)
  process.stderr.write(`${[...rows, ...wrong.map((line) => JSON.stringify(line))].join('\n')}\n`)
}

describe('the corpus', () => {
  it('has disguises that are seen through, technique by technique', () => {
    const lines = makeEvasions()
    const { table, wrong, share } = count(lines, ({ text, entry, before }) =>
      scan(text, before).some((hit) => hit.entry === entry),
    )
    tell(table, wrong)
    expect(lines.length).toBeGreaterThanOrEqual(1_000)
    expect(share).toBeGreaterThan(0.98)
    for (const { right, all } of table.values()) expect(right / all).toBeGreaterThan(0.9)
  })
  it('has harmless lines that are left alone', () => {
    const lines = makeNegatives()
    const { table, wrong, share } = count(lines, ({ text, before }) => scan(text, before).length === 0)
    tell(table, wrong)
    expect(lines.length).toBeGreaterThanOrEqual(1_000)
    expect(share).toBeGreaterThan(0.995)
    for (const { right, all } of table.values()) expect(right / all).toBeGreaterThan(0.95)
  })
})
