import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { attempt } from './attempt.js'
import * as schema from './schema/index.js'

/** Drizzle on a pool or within a transaction. */
export type Orm = Omit<NodePgDatabase<typeof schema>, '$client'>

/** Where a repository function runs: on its own, or within somebody's transaction. */
export interface Queries {
  readonly orm: Orm
}

export interface Database extends Queries {
  readonly pool: pg.Pool
  /** Runs the work in one transaction; whatever it throws rolls it back. */
  transaction<T>(work: (tx: Queries) => Promise<T>): Promise<T>
  /** Throws RetriableError when the database does not answer. */
  ping(): Promise<void>
  close(): Promise<void>
}

export interface DatabaseOptions {
  readonly url: string
  readonly poolSize: number
  readonly logger?: { warn(fields: object, message: string): void }
}

/** Opens a pool; the first connection is made by the first query. */
export function openDatabase({ url, poolSize, logger }: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: 5_000,
    // A server that vanished without a word must not hold a query for ever.
    keepAlive: true,
    query_timeout: 60_000,
  })
  // An idle connection that breaks would end the process; the next query makes a new one.
  pool.on('error', (err) => logger?.warn({ err }, 'an idle connection to the database broke'))
  // The pool stops listening while a transaction has the connection, and an error that nobody hears ends the process.
  pool.on('connect', (client) => {
    client.on('error', (err: Error) => logger?.warn({ err }, 'a connection to the database broke'))
  })
  const orm = drizzle(pool, { schema })
  return {
    orm,
    pool,
    transaction: (work) => attempt(() => orm.transaction((tx) => work({ orm: tx }))),
    ping: () => attempt(async () => void (await pool.query('select 1'))),
    close: () => pool.end(),
  }
}
