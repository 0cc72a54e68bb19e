import { expect, test } from '@jest/globals'
import { useTestDatabase } from './_test-database.js'
import { after, claimed, grow, newStream, noon, person, signal } from './_test-records.js'
import { upsertAccount } from './accounts.js'
import type { Database } from './database.js'
import { decide } from './decide.js'
import { changePolicyStream, insertSignal } from './policy-signals.js'
import { readSamplingFacts } from './sampling-facts.js'
import { startStream, touchStream } from './streams.js'
import { undoDecision } from './undo-decision.js'

let database: Database
useTestDatabase((opened) => (database = opened.database))

let offset = 0n
async function start(streamId: string): Promise<void> {
  await startStream(database, newStream(streamId, (offset += 1n)))
  await changePolicyStream(database, { streamId, accountId: `account-of-${streamId}` })
}

const ask = (...streamIds: string[]) =>
  readSamplingFacts(database, { streamIds, violationsSince: after(-60_000), hitsSince: after(-60_000) })

test('says of streams what they are, who streams, and nothing of those that there are not', async () => {
  await start('plain')
  await start('busy')
  await touchStream(database, { streamId: 'busy', at: noon, viewers: 4_000, class: 'news', tags: ['dating'] })
  const account = { accountId: 'account-of-busy', realName: 'verified' as const, updatedAt: noon.toISOString() }
  await upsertAccount(database, { ...account, ageBand: '16-17' })
  const facts = (await ask('plain', 'busy', 'none')).toSorted((one, other) => (one.streamId < other.streamId ? -1 : 1))
  const nothing = { violations: 0, chatHitMs: null, reportMs: null }
  expect(facts).toEqual([
    { streamId: 'busy', class: 'news', tags: ['dating'], viewers: 4_000, ageBand: '16-17', ...nothing },
    { streamId: 'plain', class: 'game', tags: [], viewers: 0, ageBand: undefined, ...nothing },
  ])
  expect(await ask()).toEqual([])
})

test('counts violations that people found on any stream of the account, and that stand', async () => {
  await start('found')
  const of = async (streamId: string) => (await ask(streamId))[0]?.violations
  const row = await grow(database, { streamId: 'found', signals: [signal('found', 1)] })
  expect(await of('found')).toBe(0)
  const { decision } = await decide(database, await claimed(database, row))
  expect(await of('found')).toBe(1)
  await startStream(database, {
    ...newStream('found-again', (offset += 1n)),
    start: { ...newStream('found-again').start, streamer: { accountId: 'account-of-found' } },
  })
  expect(await of('found-again')).toBe(1)
  const late = { streamIds: ['found'], violationsSince: after(120_000), hitsSince: noon }
  expect((await readSamplingFacts(database, late))[0]?.violations).toBe(0)
  await undoDecision(database, { decisionId: decision.decisionId, actor: person, now: noon })
  expect(await of('found')).toBe(0)
})

test('tells the last hit in chat and the last report, whatever characters they hold', async () => {
  await start('hit')
  const hit = (n: number, lane: 'chat' | 'report' | 'picture', ms: number) =>
    insertSignal(database, {
      ...signal('hit', n),
      lane,
      at: after(ms).toISOString(),
      evidence: { text: `\u0000 "lane":"report" ${n}` },
    })
  await hit(1, 'chat', -70_000)
  await hit(2, 'picture', -1_000)
  expect(await ask('hit')).toMatchObject([{ chatHitMs: null, reportMs: null }])
  await hit(3, 'chat', -30_000)
  await hit(4, 'chat', -20_000)
  await hit(5, 'report', -10_000)
  expect(await ask('hit')).toMatchObject([{ chatHitMs: after(-20_000).getTime(), reportMs: after(-10_000).getTime() }])
})
