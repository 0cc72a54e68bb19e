import { engines } from '@streamkeeper/testkit'
import { openDatabase, type Database } from './database.js'
import { migrate } from './migrate.js'
import { createScratchDatabase } from './scratch-database.js'

export interface TestDatabase {
  readonly database: Database
  readonly url: string
  close(): Promise<void>
}

/** A fresh database with the schema in it, for one test file. */
export async function openTestDatabase(poolSize = 10): Promise<TestDatabase> {
  const scratch = await createScratchDatabase(engines().postgres.url)
  const database = openDatabase({ url: scratch.url, poolSize })
  await migrate(database)
  return {
    database,
    url: scratch.url,
    close: async () => {
      await database.close()
      await scratch.drop()
    },
  }
}
