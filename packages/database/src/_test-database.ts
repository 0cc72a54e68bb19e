import { engines } from '@streamkeeper/testkit'
import { openScratchDatabase, type OpenScratchDatabase } from './scratch-database.js'

export type TestDatabase = OpenScratchDatabase

/** A fresh database with the schema in it, for one test file. */
export function openTestDatabase(poolSize = 10): Promise<TestDatabase> {
  return openScratchDatabase(engines().postgres.url, poolSize)
}
