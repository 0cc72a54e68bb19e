import { readTable } from './read-table.js'

/** Ordinary words, by language: what stands in one of them, or is one, is hardly the disguise of something else. */
let english: ReadonlySet<string> | undefined
let chinese: ReadonlySet<string> | undefined
const sizes = [2, 3, 4]

/** Lower case, a to z. */
export function isEnglishWord(word: string): boolean {
  english ??= new Set(readTable('words-en.txt'))
  return english.has(word)
}

/** Simplified hanzi, two to four. */
export function isChineseWord(word: string): boolean {
  chinese ??= new Set(readTable('words-zh.txt').flatMap((line, index) => cut(line, sizes[index] ?? 2)))
  return chinese.has(word)
}

/** Words of one size, written without anything between them. */
function cut(line: string, size: number): string[] {
  const characters = Array.from(line)
  return Array.from({ length: characters.length / size }, (_, index) =>
    characters.slice(index * size, (index + 1) * size).join(''),
  )
}
