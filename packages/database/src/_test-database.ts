import { afterAll, beforeAll } from '@jest/globals'
import { engines } from '@streamkeeper/testkit'
import { openScratchDatabase, type OpenScratchDatabase } from './scratch-database.js'

export type TestDatabase = OpenScratchDatabase

/** A fresh database with the schema in it, for one test file. */
export function openTestDatabase(poolSize = 10): Promise<TestDatabase> {
  return openScratchDatabase(engines().postgres.url, poolSize)
}

/** The same, from before the file's first test until after its last. */
export function useTestDatabase(take: (opened: TestDatabase) => void, poolSize?: number): void {
  let opened: TestDatabase | null = null
  beforeAll(async () => {
    opened = await openTestDatabase(poolSize)
    take(opened)
  })
  afterAll(() => opened?.close())
}
