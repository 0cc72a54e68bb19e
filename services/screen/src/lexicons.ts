import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Versioned } from '@streamkeeper/contracts'
import type { Logger } from '@streamkeeper/runtime'
import { buildMatcherAside, demoLexiconUrl, parseLexicon, type Lexicon, type Matcher } from '@streamkeeper/text'

/** All word lists as one search, and the identity that signals carry. */
export interface LexiconSet {
  readonly matcher: Matcher
  readonly identity: Versioned
}

export interface Lexicons {
  /** The lists that hold now. */
  readonly current: LexiconSet
  /** Looks whether the files have changed and takes them over once they stand still; what cannot be read changes nothing. */
  refresh(): Promise<void>
}

/** Reads the files; a wrong row is logged by line and column and the others load. Throws when a file cannot be read at all. */
export async function openLexicons(files: readonly string[] | undefined, logger: Logger): Promise<Lexicons> {
  const paths = files ?? [fileURLToPath(demoLexiconUrl)]
  let loaded = await stampOf(paths)
  let seen = loaded
  let current = await load(paths, logger)

  async function refresh(): Promise<void> {
    const found = await stampOf(paths)
    // Somebody may be writing still: half a list would let pass what the other half names.
    const isSettled = found === seen
    seen = found
    if (found === loaded || !isSettled) return
    loaded = found
    try {
      current = await load(paths, logger)
      logger.info({ lexicon: current.identity.version }, 'lexicons are loaded anew')
    } catch (err) {
      logger.error({ err, kept: current.identity.version }, 'lexicons cannot be loaded, those from before are kept')
    }
  }

  return {
    get current() {
      return current
    },
    refresh,
  }
}

/** What tells that a file is another one than before; a file that is away has a stamp too. */
async function stampOf(paths: readonly string[]): Promise<string> {
  const stamps = paths.map(async (path) => {
    try {
      const { mtimeMs, size, ino } = await stat(path)
      return `${ino}:${mtimeMs}:${size}`
    } catch {
      // Why it cannot be looked at is said when it is loaded.
      return 'away'
    }
  })
  return (await Promise.all(stamps)).join()
}

async function load(paths: readonly string[], logger: Logger): Promise<LexiconSet> {
  const lexicons: Lexicon[] = []
  for (const path of paths) {
    const { lexicon, problems } = parseLexicon(await readFile(path, 'utf8'), basename(path, '.csv'))
    for (const problem of problems) logger.warn({ file: path, ...problem }, 'a row of a lexicon is left out')
    lexicons.push(lexicon)
  }
  const digest = createHash('sha256')
  for (const { name, version } of lexicons) digest.update(`${name}\0${version}\0`)
  const sha256 = digest.digest('hex')
  // Aside: messages are judged by the old lists meanwhile.
  const matcher = await buildMatcherAside(lexicons, () => turn())
  return { matcher, identity: { name: 'lexicon', version: sha256.slice(0, 12), sha256 } }
}
