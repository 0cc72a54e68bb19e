import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { openTestDatabase, type TestDatabase } from './_test-database.js'
import { after, claimed, grow, machine, noon, policy, reason, signal } from './_test-records.js'
import { actByPolicy } from './act-by-policy.js'
import { listCaseCommands } from './case-views.js'
import { findCase, findOpenCase, type CaseRow } from './cases.js'
import { listQuietCuts, listUnprovenCuts, noteMedia, settleDark } from './dark-check.js'
import type { Database } from './database.js'
import { decide } from './decide.js'
import { numberCommands } from './relay-commands.js'
import { revertProvisionals } from './revert-provisionals.js'
import { recordAck } from './settle-commands.js'
import { createSession } from './users.js'

let opened: TestDatabase
let database: Database
beforeAll(async () => {
  opened = await openTestDatabase()
  ;({ database } = opened)
})
afterAll(() => opened.close())
beforeEach(async () => {
  await database.pool.query(`delete from sessions; update commands set provisional = null`)
})

async function blurred(streamId: string): Promise<CaseRow> {
  const row = await grow(database, { streamId, signals: [signal(streamId, 1)] })
  const input = { decisionId: `d-${streamId}`, machine, reason, policy, seenThrough: 's', now: noon }
  await database.transaction((tx) => actByPolicy(tx, row, { ...input, expireAfterMs: 60_000, immediateTiers: ['P0'] }))
  return row
}

async function signIn(lastSeenAt: Date): Promise<void> {
  const session = { tokenHash: lastSeenAt.toISOString(), username: 'mo', csrf: 'c', createdAt: noon }
  await createSession(database, { ...session, lastSeenAt, expiresAt: after(86_400_000) })
}

const revert = (ms: number) => revertProvisionals(database, { now: after(ms), expireAfterMs: 60_000, extendMs: 40_000 })

describe('revertProvisionals', () => {
  test('restores in time while somebody is there, once', async () => {
    const row = await blurred('there')
    await signIn(after(20_000))
    expect(await revert(29_999)).toEqual({ restored: [], extended: [] })
    const both = await Promise.all([revert(30_001), revert(30_001)])
    expect(both.flatMap((each) => each.restored)).toHaveLength(1)
    const commands = await listCaseCommands(database, row.caseId)
    expect(commands.map((command) => command.action)).toEqual(['blur-picture', 'restore'])
    expect(commands[1]?.data.revokes).toBe(commands[0]?.commandId)
    expect(commands[0]?.provisional).toBe('restored')
    expect(await findCase(database, row.caseId)).toMatchObject({ state: 'open' })
  })

  test('lets the clock stand while nobody is there, up to the cap', async () => {
    const row = await blurred('nobody')
    await signIn(after(-90_000))
    const extended = async (ms: number) => (await revert(ms)).extended.map((command) => command.revertsAt)
    expect(await extended(30_001)).toEqual([after(70_001)])
    expect(await extended(70_000)).toEqual([])
    expect(await extended(70_002)).toEqual([after(110_002)])
    expect(await extended(110_003)).toEqual([after(120_000)])
    expect((await revert(120_001)).restored).toHaveLength(1)
    expect(await listCaseCommands(database, row.caseId)).toHaveLength(2)
  })

  test('has nothing to take back when the platform said that it did not', async () => {
    const row = await blurred('failed')
    await signIn(after(20_000))
    const [command] = await listCaseCommands(database, row.caseId)
    const { commandId = '', streamId = '' } = command ?? {}
    await numberCommands(database, { now: noon, limit: 100, keyId: 'key-1' })
    await recordAck(database, { streamId, commandId, result: 'failed', brokerAt: noon, now: noon })
    expect(await revert(30_001)).toEqual({ restored: [], extended: [] })
  })

  test('leaves alone what a person confirmed', async () => {
    const row = await blurred('confirmed')
    await signIn(after(20_000))
    await decide(database, await claimed(database, row))
    expect(await revert(30_001)).toEqual({ restored: [], extended: [] })
  })
})

describe('a restore that failed', () => {
  async function failedRestore(streamId: string, lateHit: boolean): Promise<CaseRow> {
    const row = await blurred(streamId)
    const { commands } = await decide(database, await claimed(database, row, { action: 'no-violation' }))
    if (lateHit) await grow(database, { streamId, signals: [signal(streamId, 2)], now: after(1) })
    const { commandId = '' } = commands[0] ?? {}
    const at = after(10_000)
    await numberCommands(database, { now: at, limit: 100, keyId: 'key-1' })
    await recordAck(database, { streamId, commandId, result: 'failed', brokerAt: at, now: at })
    const open = await findOpenCase(database, streamId)
    if (open === null) throw new Error('no open case')
    return open
  }

  test.each([false, true])(
    'is ordered again by the next decision (another case open meanwhile: %p)',
    async (lateHit) => {
      const open = await failedRestore(`again-${lateHit}`, lateHit)
      await signIn(after(20_000))
      expect(await revert(200_000)).toEqual({ restored: [], extended: [] })
      const input = await claimed(database, open, { action: 'no-violation', now: after(20_000) })
      const { commands } = await decide(database, input)
      expect(commands.map((command) => command.action)).toEqual(['restore'])
      const [blur] = await listCaseCommands(database, open.caseId)
      expect(blur).toMatchObject({ action: 'blur-picture', provisional: 'restored' })
      expect(commands[0]?.data.revokes).toBe(blur?.commandId)
    },
  )
})

describe('the dark check', () => {
  async function cut(streamId: string) {
    const row = await grow(database, { streamId, signals: [signal(streamId, 1)] })
    const decided = await decide(database, await claimed(database, row, { action: 'cut-stream' }))
    const [command] = decided.commands
    if (command === undefined) throw new Error('no command')
    return { row, command }
  }
  const unprovenOf = async (streamId: string) => (await listUnprovenCuts(database, streamId)).map((each) => each.caseId)
  const quietAt = async (ms: number) => (await listQuietCuts(database, after(ms))).map((each) => each.caseId)

  test('waits from the acknowledgement on, and is settled once', async () => {
    const { row, command } = await cut('dark')
    const { caseId, streamId } = row
    expect(await unprovenOf(streamId)).toEqual([])
    const { commandId } = command
    await numberCommands(database, { now: after(10_000), limit: 100, keyId: 'key-1' })
    await recordAck(database, { streamId, commandId, result: 'done', brokerAt: after(10_001), now: after(10_002) })
    expect(await unprovenOf(streamId)).toEqual([caseId])
    expect(await quietAt(10_000)).toEqual([])
    expect(await quietAt(10_001)).toEqual([caseId])
    const all = await Promise.all(
      (['dark', 'dark', 'dark'] as const).map((found) => settleDark(database, row, { found, now: after(3) })),
    )
    const news = all.flatMap((each) => (each === null ? [] : [each.state]))
    expect(news).toHaveLength(1)
    expect(await findCase(database, caseId)).toMatchObject({ state: news[0], darkState: news[0] })
    expect(await unprovenOf(streamId)).toEqual([])
    expect(await settleDark(database, row, { found: 'disobeyed', now: after(4) })).toBeNull()
  })

  test('a stream that disobeyed may still go dark: its media counts on', async () => {
    const { row, command } = await cut('late')
    const { caseId, streamId } = row
    const { commandId } = command
    await numberCommands(database, { now: after(10_000), limit: 100, keyId: 'key-1' })
    await recordAck(database, { streamId, commandId, result: 'done', brokerAt: after(10_001), now: after(10_002) })
    for (const ms of [15_002, 30_000, 20_000]) await noteMedia(database, { streamId, brokerAt: after(ms) })
    expect(await settleDark(database, row, { found: 'disobeyed', now: after(15_003) })).not.toBeNull()
    expect(await settleDark(database, row, { found: 'disobeyed', now: after(15_004) })).toBeNull()
    expect(await unprovenOf(streamId)).toEqual([caseId])
    expect(await quietAt(29_999)).toEqual([])
    expect(await quietAt(30_000)).toEqual([caseId])
    await settleDark(database, row, { found: 'dark', now: after(40_000) })
    expect(await findCase(database, caseId)).toMatchObject({ state: 'dark', darkState: 'dark' })
  })

  test('goes on when another command of the decision fails, and leaves the opened case open', async () => {
    const row = await blurred('beside')
    const decided = await decide(database, await claimed(database, row, { action: 'cut-stream' }))
    const answer = async (action: string, result: 'done' | 'failed') => {
      const command = decided.commands.find((each) => each.action === action)
      const { commandId = '', streamId = '' } = command ?? {}
      await numberCommands(database, { now: after(10_000), limit: 100, keyId: 'key-1' })
      return recordAck(database, { streamId, commandId, result, brokerAt: after(10_001), now: after(10_002) })
    }
    await answer('cut-stream', 'done')
    await answer('confirm', 'failed')
    expect(await findCase(database, row.caseId)).toMatchObject({ state: 'open', darkState: 'waiting' })
    expect(await settleDark(database, row, { found: 'dark', now: after(3) })).toMatchObject({
      state: 'open',
      darkState: 'dark',
    })
  })
})
