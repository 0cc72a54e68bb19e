import { codePointOf, readTable } from './read-table.js'

/** How hanzi are read: syllables of pinyin without tone, ü as v. */
export interface Readings {
  /** The reading that a hanzi (simplified) has first, undefined for what is none. */
  first(codePoint: number): string | undefined
  /** All that it may have, the first one first. */
  all(codePoint: number): readonly string[]
}

let table: ReadonlyMap<number, readonly string[]> | undefined

export const readings: Readings = {
  first: (codePoint) => tableOfReadings().get(codePoint)?.[0],
  all: (codePoint) => tableOfReadings().get(codePoint) ?? [],
}

function tableOfReadings(): ReadonlyMap<number, readonly string[]> {
  table ??= load()
  return table
}

function load(): Map<number, readonly string[]> {
  const found = new Map<number, string[]>()
  const lines = readTable('readings.txt').map((line) => line.split(' '))
  // First readings before others, so that the order within each list is right.
  for (const place of [1, 2]) {
    for (const [syllable = '', ...hanzi] of lines) {
      for (const character of hanzi[place - 1] ?? '') add(found, codePointOf(character), syllable)
    }
  }
  return found
}

function add(found: Map<number, string[]>, codePoint: number, syllable: string): void {
  const own = found.get(codePoint)
  if (own === undefined) found.set(codePoint, [syllable])
  else own.push(syllable)
}
