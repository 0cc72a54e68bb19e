import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { attempt } from './attempt.js'
import { openDatabase, type Database } from './database.js'
import { migrate } from './migrate.js'

export interface ScratchDatabase {
  readonly url: string
  /** Ends whoever is still connected, and removes the database. */
  drop(): Promise<void>
}

/** For tests: makes an empty database beside the one of the url, under a name that nobody else has. */
export async function createScratchDatabase(url: string): Promise<ScratchDatabase> {
  const name = `scratch_${randomBytes(8).toString('hex')}`
  await run(url, `create database ${name}`)
  const own = new URL(url)
  own.pathname = `/${name}`
  return { url: own.href, drop: () => dropDatabase(url, name) }
}

export interface OpenScratchDatabase {
  readonly database: Database
  readonly url: string
  /** Closes it, and removes it. */
  close(): Promise<void>
}

/** For tests: a scratch database with the schema in it, open. */
export async function openScratchDatabase(url: string, poolSize = 10): Promise<OpenScratchDatabase> {
  const scratch = await createScratchDatabase(url)
  const database = openDatabase({ url: scratch.url, poolSize })
  await migrate(database)
  const close = async (): Promise<void> => {
    await database.close()
    await scratch.drop()
  }
  return { database, url: scratch.url, close }
}

async function dropDatabase(url: string, name: string): Promise<void> {
  try {
    await run(url, `drop database if exists ${name} with (force)`)
  } catch {
    // Autovacuum may be in it, which an ordinary user may not end by force: the plain drop asks it to go, and waits.
    await run(url, `drop database if exists ${name}`)
  }
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  await attempt(async () => {
    try {
      await client.connect()
      await client.query(statement)
    } finally {
      await client.end()
    }
  })
}
