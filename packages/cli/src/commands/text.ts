import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { createInterface } from 'node:readline'
import { parsePolicy, type Policy } from '@streamkeeper/policy'
import {
  buildExpressions,
  buildMatcher,
  demoLexiconUrl,
  parseExpressions,
  parseLexicon,
  RecentMessages,
  scanLine,
  withoutExpired,
  type ExpressionList,
  type Lexicon,
} from '@streamkeeper/text'
import type { Command } from 'commander'
import { noteProblems } from '../note-problems.js'
import { printJson } from '../output.js'

interface Options {
  readonly lexicon?: readonly string[]
  readonly expressions?: readonly string[]
  readonly policy?: string
}

/** `text scan`: JSON lines in, verdicts in the same order out; a bad line is answered and the rest goes on. */
export function addTextCommand(program: Command): void {
  program
    .command('text')
    .description('The text filter')
    .command('scan')
    .description('Judges JSON lines { "id", "text" } from standard input')
    .option('--lexicon <file...>', 'lexicon in CSV; may be given several times')
    .option('--expressions <file...>', 'regular expressions in CSV; none unless given')
    .option('--policy <file>', 'policy whose lines for hold and block apply')
    .option('--json', 'always on: the output is JSON lines')
    .addHelpText('after', `\nExample:\n  echo '{"id":"1","text":"蓝色风筝"}' | streamkeeper text scan`)
    .action(async ({ lexicon = [], expressions = [], policy }: Options) =>
      scan({ lexicon, expressions }, policy === undefined ? null : parsePolicy(await readFile(policy, 'utf8'), policy)),
    )
}

async function scan(
  files: { readonly lexicon: readonly string[]; readonly expressions: readonly string[] },
  policy: Policy | null,
): Promise<void> {
  const matcher = buildMatcher(await loadLexicons(files.lexicon))
  const expressions = buildExpressions(await loadExpressions(files.expressions))
  const lines = policy === null ? {} : { holdFrom: policy.chat.holdFrom, blockFrom: policy.chat.blockFrom }
  const recent = new RecentMessages()
  let line = 0
  for await (const text of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    line += 1
    if (text.trim() !== '') printJson(scanLine(matcher, text, { line, recent, expressions, ...lines }))
  }
}

async function loadLexicons(files: readonly string[]): Promise<Lexicon[]> {
  const sources: (string | URL)[] = files.length === 0 ? [demoLexiconUrl] : [...files]
  return Promise.all(
    sources.map(async (source) => {
      const parsed = parseLexicon(await readFile(source, 'utf8'), basename(String(source), '.csv'))
      noteProblems(String(source), parsed)
      return withoutExpired(parsed.lexicon, Date.now()).lexicon
    }),
  )
}

async function loadExpressions(files: readonly string[]): Promise<ExpressionList[]> {
  return Promise.all(
    files.map(async (file) => {
      const parsed = parseExpressions(await readFile(file, 'utf8'), basename(file, '.csv'))
      noteProblems(file, parsed)
      return parsed.list
    }),
  )
}
