import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator'
import { attempt } from './attempt.js'
import type { Database } from './database.js'

/** Any number that no other program's lock is likely to have. */
const lockId = 7_402_118_455
const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url))

/** Brings the schema up to date. Several services may call it at once: one works, the others wait. */
export async function migrate({ pool }: Database): Promise<void> {
  await attempt(async () => {
    const client = await pool.connect()
    try {
      await client.query('select pg_advisory_lock($1)', [lockId])
      await applyMigrations(drizzle(client), { migrationsFolder })
      await client.query('select pg_advisory_unlock($1)', [lockId])
      client.release()
    } catch (error) {
      // The lock belongs to the connection: closing it gives the lock back.
      client.release(true)
      throw error
    }
  })
}
