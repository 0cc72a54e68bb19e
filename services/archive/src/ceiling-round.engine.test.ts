import { readFileSync } from 'node:fs'
import { growCase, findPolicyStream, openScratchDatabase, type OpenScratchDatabase } from '@streamkeeper/database'
import { parseProfile, profileUrl } from '@streamkeeper/policy'
import { createLogger } from '@streamkeeper/runtime'
import { engines, MemoryObjectStore } from '@streamkeeper/testkit'
import { ceilingRound } from './ceiling-round.js'

/** The real database, the shipped profile, and a clock that is moved over the ceilings. */
const profile = parseProfile(readFileSync(profileUrl('cn'), 'utf8'), 'cn')
const day = 24 * 60 * 60 * 1000
let opened: OpenScratchDatabase
beforeAll(async () => {
  opened = await openScratchDatabase(engines().postgres.url)
}, 60_000)
afterAll(() => opened.close())

it('removes pictures and rejected bytes when their time is over, never those of an open case or anything else', async () => {
  const { database } = opened
  const spool = new MemoryObjectStore()
  // More than a page of each.
  const names = Array.from({ length: 501 }, (_, n) => `evidence/${String(n).padStart(4, '0')}.jpg`)
  const keys = [...names, 'evidence/needed.jpg', 'rejected/a', 'segments/s', 'staged/b']
  for (const key of keys) await spool.put(key, Buffer.from(key), { contentType: 'image/jpeg' })
  const at = new Date()
  const still = { key: 'evidence/needed.jpg', sha256: 'a'.repeat(64), size: 1 }
  const signal = {
    signalId: 'hit',
    streamId: 's',
    lane: 'picture' as const,
    label: 'TEST_CARD' as const,
    score: 0.9,
    severity: 90,
    source: { name: 'm', version: '1', sha256: 'a'.repeat(64) },
    at: at.toISOString(),
    shadow: false,
    evidence: { still },
  }
  const stream = await findPolicyStream(database, 's')
  const growth = { stream, signals: [signal], severity: 90, tier: 'P0' as const, priority: 1, deadlineMs: 1, now: at }
  await database.transaction((tx) => growCase(tx, growth))
  const logger = createLogger({ name: 'archive', level: 'fatal' })
  const round = (now: number) =>
    ceilingRound({ database, spool, profile, logger, now: () => now }, new AbortController().signal)
  const left = async () => (await spool.list('', 1_000)).map(({ key }) => key)
  await round(at.getTime() + 29 * day)
  expect(await left()).toHaveLength(keys.length)
  await round(at.getTime() + 31 * day)
  expect(await left()).not.toContain('rejected/a')
  await round(at.getTime() + 91 * day)
  expect(await left()).toEqual(['evidence/needed.jpg', 'segments/s', 'staged/b'])
}, 60_000)

it('stops between two bites when it is told to', async () => {
  const stopped = AbortSignal.abort(new Error('stopped'))
  const logger = createLogger({ name: 'archive', level: 'fatal' })
  const deps = { database: opened.database, spool: new MemoryObjectStore(), profile, logger, now: Date.now }
  await expect(ceilingRound(deps, stopped)).rejects.toThrow('stopped')
})
