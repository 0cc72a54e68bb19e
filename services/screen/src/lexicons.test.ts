import { mkdtemp, rm, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger } from '@streamkeeper/runtime'
import { openLexicons } from './lexicons.js'

const header = 'word,category,severity,match,variants\n'
const logger = createLogger({ name: 'screen', level: 'fatal' })
let folder: string
let file: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lexicons-'))
  file = join(folder, 'list.csv')
  await writeFile(file, `${header}kite,SPAM,50,auto,all\n`)
})
afterEach(() => rm(folder, { recursive: true }))

const findsIn = (lexicons: Awaited<ReturnType<typeof openLexicons>>, text: string): string[] =>
  lexicons.current.matcher.scan(text).map(({ entry }) => entry)

test('a list that was changed is taken over once it stands still, with a version of its own', async () => {
  const lexicons = await openLexicons({ lexicons: [file], expressions: [] }, logger)
  const { identity } = lexicons.current
  await lexicons.refresh()
  expect(lexicons.current.identity).toEqual(identity)
  await writeFile(file, `${header}kite,SPAM,50,auto,all\nlantern,SPAM,50,auto,all\n`)
  await lexicons.refresh()
  expect(findsIn(lexicons, 'kite lantern')).toEqual(['kite'])
  await lexicons.refresh()
  expect(findsIn(lexicons, 'kite lantern')).toEqual(['kite', 'lantern'])
  expect(lexicons.current.identity.version).not.toBe(identity.version)
  expect(lexicons.current.matcher.scan('lantern')[0]?.lexicon?.name).toBe('list')
})

test('a category that is no label is loaded, and logged by its line', async () => {
  const warned: unknown[][] = []
  const warn = (...said: unknown[]): void => void warned.push(said)
  await writeFile(file, `${header}kite,FRUAD,50,auto,all\nlantern,SPAM,500,auto,all\n`)
  const lexicons = await openLexicons({ lexicons: [file], expressions: [] }, { ...logger, warn } as typeof logger)
  expect(findsIn(lexicons, 'kite')).toEqual(['kite'])
  expect(warned).toMatchObject([
    [{ file, line: 3, column: 3 }, 'a row of a lexicon is left out'],
    [{ file, line: 2, column: 2 }, 'a category of a lexicon is no label'],
  ])
})

test('a list that is gone or broken changes nothing, and comes back when it is whole', async () => {
  const lexicons = await openLexicons({ lexicons: [file], expressions: [] }, logger)
  for (const breakIt of [() => unlink(file), () => writeFile(file, 'no header\nx'), () => writeFile(file, '')]) {
    await breakIt()
    await lexicons.refresh()
    await lexicons.refresh()
    expect(findsIn(lexicons, 'kite')).toEqual(['kite'])
  }
  await writeFile(file, `${header}lantern,SPAM,50,auto,all\n`)
  await lexicons.refresh()
  await lexicons.refresh()
  expect(findsIn(lexicons, 'kite lantern')).toEqual(['lantern'])
})

test('a list that cannot be read at the start is said, not passed over', async () => {
  await expect(openLexicons({ lexicons: [join(folder, 'none.csv')], expressions: [] }, logger)).rejects.toThrow(
    'none.csv',
  )
})

test('an entry whose time is over goes by itself', async () => {
  let now = Date.parse('2027-01-31T23:59:00Z')
  await writeFile(
    file,
    'word,category,severity,match,variants,expires\nkite,SPAM,50,auto,all,2027-01-31\nlantern,SPAM,50,auto,all,\n',
  )
  const lexicons = await openLexicons({ lexicons: [file], expressions: [] }, logger, () => now)
  expect(findsIn(lexicons, 'kite lantern')).toEqual(['kite', 'lantern'])
  now += 120_000
  await lexicons.refresh()
  expect(findsIn(lexicons, 'kite lantern')).toEqual(['lantern'])
  expect(lexicons.current.nextExpiry).toBeNull()
})
