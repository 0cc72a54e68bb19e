import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Versioned } from '@streamkeeper/contracts'
import type { Logger } from '@streamkeeper/runtime'
import {
  buildExpressions,
  buildMatcherAside,
  contactExpressionsUrl,
  demoLexiconUrl,
  parseExpressions,
  parseLexicon,
  type ExpressionList,
  type Expressions,
  withoutExpired,
  type Lexicon,
  type LexiconProblem,
  type Matcher,
} from '@streamkeeper/text'
import { openReloading, type Reloading } from './reloading.js'

/** All word lists as one search, all expressions as another, and the identity that signals carry. */
export interface LexiconSet {
  readonly matcher: Matcher
  readonly expressions: Expressions
  readonly identity: Versioned
  /** When the next entry's time is over, in milliseconds since the epoch. */
  readonly nextExpiry: number | null
}

export type Lexicons = Reloading<LexiconSet>

/** Names of files; undefined for those that are shipped. */
export interface LexiconFiles {
  readonly lexicons: readonly string[] | undefined
  readonly expressions: readonly string[] | undefined
}

/** Reads the files; a wrong row is logged by line and column and the others load. Throws when a file cannot be read at all. */
export async function openLexicons(
  files: LexiconFiles,
  logger: Logger,
  now: () => number = Date.now,
): Promise<Lexicons> {
  const named = {
    lexicons: files.lexicons ?? [fileURLToPath(demoLexiconUrl)],
    expressions: files.expressions ?? [fileURLToPath(contactExpressionsUrl)],
  }
  return openReloading({
    paths: [...named.lexicons, ...named.expressions],
    load: () => load(named, logger, now()),
    isOver: ({ nextExpiry }) => nextExpiry !== null && nextExpiry <= now(),
    what: 'lexicons',
    logger,
  })
}

interface NamedFiles {
  readonly lexicons: readonly string[]
  readonly expressions: readonly string[]
}

interface Told {
  readonly problems: readonly LexiconProblem[]
  readonly warnings: readonly LexiconProblem[]
}

async function load(files: NamedFiles, logger: Logger, now: number): Promise<LexiconSet> {
  const lexicons: Lexicon[] = []
  let nextExpiry = Number.POSITIVE_INFINITY
  const expressions: ExpressionList[] = []
  const tell = (file: string, { problems, warnings }: Told): void => {
    for (const problem of problems) logger.warn({ file, ...problem }, 'a row of a lexicon is left out')
    for (const warning of warnings) logger.warn({ file, ...warning }, 'a category of a lexicon is no label')
  }
  for (const path of files.lexicons) {
    const parsed = parseLexicon(await readFile(path, 'utf8'), basename(path, '.csv'))
    tell(path, parsed)
    const valid = withoutExpired(parsed.lexicon, now)
    lexicons.push(valid.lexicon)
    nextExpiry = Math.min(nextExpiry, valid.nextExpiry ?? Number.POSITIVE_INFINITY)
  }
  for (const path of files.expressions) {
    const parsed = parseExpressions(await readFile(path, 'utf8'), basename(path, '.csv'))
    tell(path, parsed)
    expressions.push(parsed.list)
  }
  const digest = createHash('sha256')
  for (const { name, version } of [...lexicons, ...expressions]) digest.update(`${name}\0${version}\0`)
  const sha256 = digest.digest('hex')
  // Aside: messages are judged by the old lists meanwhile.
  const matcher = await buildMatcherAside(lexicons, () => turn())
  return {
    matcher,
    expressions: buildExpressions(expressions),
    identity: { name: 'lexicon', version: sha256.slice(0, 12), sha256 },
    nextExpiry: nextExpiry === Number.POSITIVE_INFINITY ? null : nextExpiry,
  }
}
