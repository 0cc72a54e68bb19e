import { randomBytes } from 'node:crypto'
import { basename } from 'node:path'
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { addRow, parseLexicon, removeRows } from '@streamkeeper/text'
import type { Command } from 'commander'
import { findRunning } from '../find-running.js'
import { noteProblems } from '../note-problems.js'
import { exitCodes, printJson, printLine, UsageError } from '../output.js'

interface AddOptions {
  readonly category: string
  readonly severity: string
  readonly match: string
  readonly variants: string
  readonly expires?: string
  readonly json?: boolean
}

/** `lexicon`: the rows of a word list. A running system that has the file takes it over by itself. */
export function addLexiconCommand(program: Command): void {
  const lexicon = program
    .command('lexicon')
    .description('Word lists; a running system takes a changed file over within seconds')
  lexicon
    .command('list <file>')
    .description('The entries of a word list, and what is wrong with the rows that are none')
    .option('--hits', 'what each entry hit in the last 7 days, by the running system')
    .option('--data <dir>', 'data folder of the running system')
    .option('--json', 'an object a line')
    .addHelpText('after', '\nExample:\n  streamkeeper lexicon list words.csv --hits')
    .action(list)
  lexicon
    .command('add <file> <word>')
    .description('Adds a row; the file is made when there is none')
    .requiredOption('--category <label>', 'a label, allow, or a name of your own that counts as OTHER')
    .requiredOption('--severity <number>', '0 to 100, 100 worst')
    .option('--match <mode>', 'auto, anywhere or word', 'auto')
    .option('--variants <names>', 'all, none, or names with + between', 'all')
    .option('--expires <day>', 'the last day that it holds, such as 2027-01-31')
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  streamkeeper lexicon add words.csv "blue kite" --category FRAUD --severity 90')
    .action(add)
  lexicon
    .command('remove <file> <word>')
    .description('Removes the rows of a word; exit code 2 when there is none')
    .option('--category <label>', 'only the row of this category')
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  streamkeeper lexicon remove words.csv "blue kite"')
    .action(remove)
}

interface ListOptions {
  readonly hits?: boolean
  readonly data?: string
  readonly json?: boolean
}

async function list(file: string, { json, hits, data }: ListOptions): Promise<void> {
  const { lexicon, problems, warnings } = parseLexicon(await readFile(file, 'utf8'), file)
  noteProblems(file, { problems, warnings })
  const counts = hits === true ? await readHits(data) : null
  for (const { word, category, severity, match, variants, expiresAt } of lexicon.entries) {
    const names = typeof variants === 'string' ? variants : variants.join('+') || 'none'
    const more = {
      ...(expiresAt === undefined ? {} : { expires: new Date(expiresAt - 1).toISOString().slice(0, 10) }),
      ...(counts === null ? {} : { hits: counts.get(`${basename(file, '.csv')} ${category} ${word}`) ?? 0 }),
    }
    if (json === true) printJson({ word, category, severity, match, variants: names, ...more })
    else printLine([word, category, severity, match, names, ...Object.values(more)].join('\t'))
  }
}

const hitDays = 7

/** Hits by entry, of the running system. */
async function readHits(data: string | undefined): Promise<ReadonlyMap<string, number>> {
  const { env } = await findRunning(data)
  const url = env['STREAMKEEPER_REDIS_URL'] ?? 'redis://127.0.0.1:6379'
  // Loaded when it is asked for: the other verbs need no engine.
  const { createEntryHits } = await import('@streamkeeper/redis')
  const hits = createEntryHits({ url, topicPrefix: env['STREAMKEEPER_TOPIC_PREFIX'] ?? '' })
  try {
    return await hits.count(hitDays, Date.now())
  } finally {
    await hits.close()
  }
}

async function add(file: string, word: string, { json, ...row }: AddOptions): Promise<void> {
  const text = addChecked(await readIfThere(file), { ...row, word })
  await replace(file, text)
  const { lexicon, warnings } = parseLexicon(text, file)
  const { version } = lexicon
  // A name that the list had before was told when it came in.
  const last = text.split('\n').length - 1
  noteProblems(file, { problems: [], warnings: warnings.filter(({ line }) => line === last) })
  if (json === true) printJson({ file, word, version })
  else printLine(`${word} is in ${file}, version ${version}`)
}

function addChecked(source: string, row: Parameters<typeof addRow>[1]): string {
  try {
    return addRow(source, row)
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error
  }
}

interface RemoveOptions {
  readonly category?: string
  readonly json?: boolean
}

async function remove(file: string, word: string, { category, json }: RemoveOptions): Promise<void> {
  const { text, removed } = removeRows(await readFile(file, 'utf8'), word, category)
  if (removed > 0) await replace(file, text)
  else process.exitCode = exitCodes.no
  if (json === true) printJson({ file, word, removed })
  else printLine(removed > 0 ? `${word} is no longer in ${file}` : `${word} is not in ${file}`)
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (isMissing(error)) return ''
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT'
}

/** At once or not at all: who reads meanwhile has the old list or the new one. */
async function replace(file: string, text: string): Promise<void> {
  const beside = `${file}.${randomBytes(4).toString('hex')}`
  const mode = await stat(file).then(
    (found) => found.mode,
    () => 0o644,
  )
  try {
    await writeFile(beside, text, { mode, flush: true })
    await rename(beside, file)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}
