import { readFileSync } from 'node:fs'

/** The lines of a table of this room; scripts/write-tables.mjs makes them, data/SOURCES.md says from what. */
export function readTable(name: string): string[] {
  return readFileSync(new URL(`../../data/${name}`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
}

/** A table of pairs of characters, one pair a line. */
export function readPairs(name: string): Map<number, number> {
  return new Map(
    readTable(name).map((line): [number, number] => {
      const [from = '', to = ''] = line
      return [codePointOf(from), codePointOf(to)]
    }),
  )
}

export function codePointOf(character: string): number {
  return character.codePointAt(0) ?? 0
}
