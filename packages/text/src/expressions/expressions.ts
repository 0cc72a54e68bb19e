import type { TextMatch } from '@streamkeeper/contracts'
import { RE2Set } from 're2js'
import { compile, type CompiledExpression } from './compile.js'
import type { ExpressionEntry, ExpressionList, ReadingName } from './expression.js'
import { readAsWritten, readJoined, type ReadText } from './read-text-as.js'

/** Many expressions as one search. */
export interface Expressions {
  /** Every hit, in no given order, by the places of the original text (UTF-16 units, end exclusive); a place is told once for an expression. */
  find(text: string): TextMatch[]
}

interface Made {
  readonly entry: ExpressionEntry
  readonly lexicon: NonNullable<TextMatch['lexicon']>
  readonly compiled: CompiledExpression
}

/** The expressions of one reading: one pass says which are there, and only those are asked where. */
class Group {
  readonly #set = new RE2Set()

  constructor(readonly members: readonly Made[]) {
    for (const { entry } of members) this.#set.add(entry.expression)
    this.#set.compile()
  }

  find(read: ReadText, add: (made: Made, start: number, end: number) => void): void {
    for (const index of this.#set.match(read.text)) {
      const made = this.members[index]
      for (const { start, end } of made?.compiled.findAll(read.text) ?? []) {
        const place = read.place(start, end)
        if (made !== undefined) add(made, place.start, place.end)
      }
    }
  }
}

/** Makes one search of all expressions. Throws ExpressionError for one that `parseExpressions` would have left out. */
export function buildExpressions(lists: readonly ExpressionList[]): Expressions {
  const all = lists.flatMap(({ name, version, entries }) =>
    entries.map((entry) => ({ entry, lexicon: { name, version }, compiled: compile(entry.expression) })),
  )
  const groupOf = (name: ReadingName): Group => new Group(all.filter(({ entry }) => entry.readings.includes(name)))
  const groups = { written: groupOf('written'), joined: groupOf('joined'), digits: groupOf('digits') }
  return { find: (text) => find(text, groups) }
}

function find(text: string, groups: Readonly<Record<ReadingName, Group>>): TextMatch[] {
  const hits = new Map<string, TextMatch>()
  const addVia =
    (via: readonly string[]) =>
    ({ entry, lexicon }: Made, start: number, end: number): void => {
      const key = `${entry.name}\0${start}\0${end}`
      if (hits.has(key)) return
      const { name, category, severity } = entry
      const matched = text.slice(start, end)
      hits.set(key, { entry: name, category, severity, start, end, matched, via: [...via], lexicon })
    }
  if (groups.written.members.length > 0) groups.written.find(readAsWritten(text), addVia([]))
  if (groups.joined.members.length > 0) groups.joined.find(readJoined(text, false), addVia(['separator']))
  if (groups.digits.members.length > 0) groups.digits.find(readJoined(text, true), addVia(['separator']))
  return [...hits.values()]
}
