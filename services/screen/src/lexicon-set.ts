import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Versioned } from '@streamkeeper/contracts'
import type { Logger } from '@streamkeeper/runtime'
import { buildMatcher, demoLexiconUrl, parseLexicon, type Lexicon, type Matcher } from '@streamkeeper/text'

/** All word lists as one automaton, and the identity that signals carry. */
export interface LexiconSet {
  readonly matcher: Matcher
  readonly identity: Versioned
}

/** Reads the files; a wrong row is logged by line and column and the others load. Throws when a file cannot be read at all. */
export async function loadLexicons(files: readonly string[] | undefined, logger: Logger): Promise<LexiconSet> {
  const paths = files ?? [fileURLToPath(demoLexiconUrl)]
  const lexicons: Lexicon[] = []
  for (const path of paths) {
    const { lexicon, problems } = parseLexicon(await readFile(path, 'utf8'), basename(path, '.csv'))
    for (const problem of problems) logger.warn({ file: path, ...problem }, 'a row of a lexicon is left out')
    lexicons.push(lexicon)
  }
  const digest = createHash('sha256')
  for (const { name, version } of lexicons) digest.update(`${name}\0${version}\0`)
  const sha256 = digest.digest('hex')
  return { matcher: buildMatcher(lexicons), identity: { name: 'lexicon', version: sha256.slice(0, 12), sha256 } }
}
