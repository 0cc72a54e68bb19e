import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openTestDatabase, type TestDatabase } from './_test-database.js'
import { after, grow, noon, signal } from './_test-records.js'
import { LeaseLostError } from './case-errors.js'
import { countCaseSignals, findCase, listCases, listCaseSignals, listChangedCases } from './cases.js'
import type { Database } from './database.js'
import { claimCase, expireLeases, extendLease, releaseCase } from './leases.js'

let opened: TestDatabase
let database: Database
beforeAll(async () => {
  opened = await openTestDatabase()
  ;({ database } = opened)
})
afterAll(() => opened.close())

async function eventsOf(streamId: string): Promise<string[]> {
  const { rows } = await database.pool.query<{ event: { type: string; id: string } }>(
    'select event from outbox where key = $1 order by seq',
    [streamId],
  )
  return rows.map(({ event }) => event.type.replace('moderation.case.', ''))
}

describe('growCase', () => {
  test('hits that come at once grow one open case, each once', async () => {
    const streamId = 'grown'
    // Every hit comes twice, and each growth brings its neighbour's too.
    const growths = Array.from({ length: 20 }, (_, n) =>
      grow(database, { streamId, signals: [signal(streamId, n % 10), signal(streamId, (n + 1) % 10)] }),
    )
    const ids = new Set((await Promise.all(growths)).map((row) => row.caseId))
    expect(ids.size).toBe(1)
    const [caseId = ''] = ids
    expect((await countCaseSignals(database, [caseId])).get(caseId)).toBe(10)
    const events = await eventsOf(streamId)
    expect(events.filter((type) => type === 'opened')).toHaveLength(1)
    expect(events).toHaveLength((await findCase(database, caseId))?.version ?? 0)
  })

  test('a hit that is named twice at once counts once, and one that is known changes nothing', async () => {
    const same = signal('twice', 1)
    const row = await grow(database, { streamId: 'twice', signals: [same, same] })
    expect(await grow(database, { streamId: 'twice', signals: [same], severity: 99 })).toEqual(row)
    expect(await listCaseSignals(database, row.caseId, 10)).toHaveLength(1)
    expect(await eventsOf('twice')).toEqual(['opened'])
  })

  test('a case becomes worse, never better', async () => {
    const streamId = 'worse'
    await grow(database, { streamId, signals: [signal(streamId, 1)], severity: 50, tier: 'P2' })
    await grow(database, { streamId, signals: [signal(streamId, 2)], severity: 95, tier: 'P0' })
    const row = await grow(database, { streamId, signals: [signal(streamId, 3)], severity: 10, tier: 'P3' })
    expect(row).toMatchObject({ severity: 95, tier: 'P0', priority: 95, version: 3, labels: ['TEST_CARD'] })
  })
})

describe('leases', () => {
  const claim = (caseId: string, person: string, now = noon) =>
    claimCase(database, { caseId, person, now, leaseMs: 30_000 })

  test('of twenty claims at once one wins, and the token rises with every claim', async () => {
    const { caseId } = await grow(database, { streamId: 'claims', signals: [signal('claims', 1)] })
    const claims = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => claim(caseId, `person-${n}`)))
    const won = claims.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    const lost = claims.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []))
    expect(won).toHaveLength(1)
    for (const error of lost) expect(error).toBeInstanceOf(LeaseLostError)
    expect(won[0]?.leaseToken).toBe(1)
    const { leaseToken } = await claim(caseId, 'other', after(30_000))
    expect(leaseToken).toBe(2)
  })

  test('a lease that ran out goes back to the queue, once, and its token is worth nothing', async () => {
    const { caseId } = await grow(database, { streamId: 'expired', signals: [signal('expired', 1)] })
    const { leaseToken } = await claim(caseId, 'slow')
    const mine = async (now: Date) => (await expireLeases(database, now)).filter((row) => row.caseId === caseId)
    expect(await mine(after(29_999))).toEqual([])
    const both = await Promise.all([mine(after(30_001)), mine(after(30_001))])
    expect(both.flat()).toHaveLength(1)
    expect(await findCase(database, caseId)).toMatchObject({ state: 'open', claimedBy: null, leaseUntil: null })
    const holder = { caseId, person: 'slow', leaseToken, now: after(30_002) }
    await expect(extendLease(database, holder, 30_000)).rejects.toBeInstanceOf(LeaseLostError)
    await expect(releaseCase(database, holder)).rejects.toBeInstanceOf(LeaseLostError)
  })

  test('a lease is lengthened and given back by its own token only', async () => {
    const { caseId } = await grow(database, { streamId: 'fenced', signals: [signal('fenced', 1)] })
    const first = await claim(caseId, 'first')
    const again = await claim(caseId, 'first', after(1))
    const stale = { caseId, person: 'first', leaseToken: first.leaseToken, now: after(2) }
    await expect(extendLease(database, stale, 1)).rejects.toBeInstanceOf(LeaseLostError)
    await expect(releaseCase(database, stale)).rejects.toBeInstanceOf(LeaseLostError)
    const holder = { caseId, person: 'first', leaseToken: again.leaseToken, now: after(20_000) }
    // A token can be guessed: it is worth nothing in another hand.
    const thief = { ...holder, person: 'second' }
    await expect(extendLease(database, thief, 1)).rejects.toBeInstanceOf(LeaseLostError)
    await expect(releaseCase(database, thief)).rejects.toBeInstanceOf(LeaseLostError)
    const longer = await extendLease(database, holder, 30_000)
    expect(longer).toMatchObject({ leaseUntil: after(50_000), version: again.version })
    expect(await releaseCase(database, holder)).toMatchObject({ state: 'open', claimedBy: null })
    await expect(releaseCase(database, holder)).rejects.toBeInstanceOf(LeaseLostError)
  })

  test('there is no lease of a case that is not', async () => {
    await expect(claim('case-none', 'p')).rejects.toBeInstanceOf(LeaseLostError)
  })
})

test('the queue goes by tier, deadline, priority and age', async () => {
  const make = (streamId: string, tier: 'P0' | 'P3', severity: number, now: Date) =>
    grow(database, { streamId, signals: [signal(streamId, 1)], tier, severity, now })
  await make('q-low', 'P3', 10, after(1_000))
  await make('q-high', 'P3', 20, after(2_000))
  await make('q-late', 'P3', 5, after(-600_000))
  await make('q-top', 'P0', 1, after(3_000))
  const rows = await listCases(database, { states: ['open'], limit: 100 }, after(4_000))
  const mine = rows.map((row) => row.streamId).filter((id) => id.startsWith('q-'))
  expect(mine).toEqual(['q-top', 'q-late', 'q-high', 'q-low'])
})

test('the page is told of what changed after a time, oldest first', async () => {
  const old = await grow(database, { streamId: 'c1', signals: [signal('c1', 1)], now: after(3_600_000) })
  const young = await grow(database, { streamId: 'c2', signals: [signal('c2', 1)], now: after(3_700_000) })
  const changed = await listChangedCases(database, after(3_599_999), 10)
  expect(changed.map((row) => row.caseId)).toEqual([old.caseId, young.caseId])
  expect(await listChangedCases(database, after(3_700_000), 10)).toEqual([])
})
