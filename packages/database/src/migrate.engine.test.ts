import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { engines } from '@streamkeeper/testkit'
import { openDatabase, type Database } from './database.js'
import { migrate } from './migrate.js'
import { createScratchDatabase, type ScratchDatabase } from './scratch-database.js'

const room = join(import.meta.dirname, '..')
let scratch: ScratchDatabase
let opened: Database[]

beforeAll(async () => {
  scratch = await createScratchDatabase(engines().postgres.url)
  opened = [1, 2, 3, 4].map(() => openDatabase({ url: scratch.url, poolSize: 1 }))
})

afterAll(async () => {
  await Promise.all(opened.map((database) => database.close()))
  await scratch.drop()
})

test('four services bring the schema up to date at once, and again', async () => {
  await Promise.all(opened.map((database) => migrate(database)))
  await Promise.all(opened.map((database) => migrate(database)))
  const [first] = opened
  const { rows } = (await first?.pool.query<{ hash: string }>('select hash from drizzle.__drizzle_migrations')) ?? {
    rows: [],
  }
  const files = (await readdir(join(room, 'migrations'))).filter((name) => name.endsWith('.sql'))
  expect(files.length).toBeGreaterThan(0)
  expect(rows).toHaveLength(files.length)
})

test('the migrations hold all that the schema says: another one would be empty', async () => {
  const out = await mkdtemp(join(tmpdir(), 'migrations-'))
  try {
    await cp(join(room, 'migrations'), out, { recursive: true })
    const before = await readdir(out)
    const schema = join(room, 'src/schema/*.ts')
    const words = [
      'drizzle-kit',
      'generate',
      '--dialect',
      'postgresql',
      '--schema',
      schema,
      '--out',
      relative(room, out),
    ]
    const { stdout } = await promisify(execFile)('npx', words, { cwd: room })
    expect(stdout).toContain('No schema changes')
    expect(await readdir(out)).toEqual(before)
  } finally {
    await rm(out, { recursive: true })
  }
}, 60_000)
