import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createProgram } from '../program.js'

let folder: string
let file: string
let said: string
const write = process.stdout.write.bind(process.stdout)

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lexicon-'))
  file = join(folder, 'words.csv')
  said = ''
  process.exitCode = undefined
  process.stdout.write = (chunk) => {
    said += String(chunk)
    return true
  }
})
afterEach(async () => {
  process.stdout.write = write
  process.exitCode = undefined
  await rm(folder, { recursive: true })
})

const run = async (...words: string[]): Promise<string> => {
  said = ''
  await (await createProgram(['lexicon'])).parseAsync(['lexicon', ...words], { from: 'user' })
  return said
}

test('a word is added, listed and removed; nothing is left beside the file', async () => {
  await run('add', file, 'blue kite', '--category', 'FRAUD', '--severity', '90')
  await run('add', file, '风筝', '--category', 'SPAM', '--severity', '40', '--variants', 'case+width')
  expect(await readFile(file, 'utf8')).toBe(
    'word,category,severity,match,variants\nblue kite,FRAUD,90,auto,all\n风筝,SPAM,40,auto,case+width\n',
  )
  expect(JSON.parse((await run('list', file, '--json')).split('\n')[1] ?? '')).toEqual({
    word: '风筝',
    category: 'SPAM',
    severity: 40,
    match: 'auto',
    variants: 'case+width',
  })
  expect(JSON.parse(await run('remove', file, 'blue kite', '--json'))).toMatchObject({ removed: 1 })
  expect(process.exitCode).toBeUndefined()
  expect(await run('list', file)).toBe('风筝\tSPAM\t40\tauto\tcase+width\n')
  await run('remove', file, 'blue kite')
  expect(process.exitCode).toBe(2)
  expect(await readdir(folder)).toEqual(['words.csv'])
}, 30_000)

test('a wrong row is refused and changes nothing', async () => {
  await run('add', file, 'kite', '--category', 'SPAM', '--severity', '50')
  const before = await readFile(file, 'utf8')
  await expect(run('add', file, 'kite', '--category', 'SPAM', '--severity', '60')).rejects.toThrow('stands in line 2')
  await expect(run('add', file, 'duck', '--category', '', '--severity', '60')).rejects.toThrow('category')
  expect(await readFile(file, 'utf8')).toBe(before)
}, 30_000)

test('a category that is no label is taken, and told when it comes in and with the list', async () => {
  const told: string[] = []
  const error = process.stderr.write.bind(process.stderr)
  process.stderr.write = (chunk) => told.push(String(chunk)) > 0
  try {
    await run('add', file, 'kite', '--category', 'FRUAD', '--severity', '50')
    await run('add', file, 'lantern', '--category', 'FRUAD', '--severity', '50')
    expect(await run('list', file)).toBe('kite\tFRUAD\t50\tauto\tall\nlantern\tFRUAD\t50\tauto\tall\n')
  } finally {
    process.stderr.write = error
  }
  const warning = `${file}:2:2: warning: category "FRUAD" is no label: it counts as OTHER`
  expect(told).toEqual([`${warning}\n`, `${warning}, in 2 rows\n`])
}, 30_000)
