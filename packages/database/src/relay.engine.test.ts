import { describe, expect, test } from '@jest/globals'
import { useTestDatabase } from './_test-database.js'
import { after, claimed, grow, noon, person, rules, signal } from './_test-records.js'
import { CaseConflictError } from './case-errors.js'
import { findCase } from './cases.js'
import type { Database, Queries } from './database.js'
import { decide, type Decide } from './decide.js'
import type { CommandRow } from './issue-commands.js'
import { markPublished, queueEvent, takeOutbox } from './outbox.js'
import { pruneRows } from './prune.js'
import { markSent, numberCommands, takeDueCommands, type DueCommand } from './relay-commands.js'
import { expireCommands, recordAck, type Ack } from './settle-commands.js'
import { undoDecision } from './undo-decision.js'

let database: Database
useTestDatabase((opened) => (database = opened.database), 20)

let hits = 0
async function decided(streamId: string, more: Partial<Decide> = {}, tier: 'P0' | 'P2' = 'P2') {
  const now = more.now ?? noon
  const row = await grow(database, { streamId, tier, signals: [signal(streamId, (hits += 1))], now })
  return decide(database, await claimed(database, row, more))
}

const retryMs = 5_000
async function relay(now: Date, within: (due: readonly DueCommand[]) => Promise<void> | void = () => undefined) {
  await numberCommands(database, { now, limit: 100, keyId: 'key-1' })
  return database.transaction(async (tx) => {
    const due = await takeDueCommands(tx, { now, limit: 100 })
    await within(due)
    for (const command of due) await markSent(tx, command, { now, retryMs })
    return due
  })
}
const idsOf = (rows: readonly CommandRow[], streamId: string): (number | null)[] =>
  rows.filter((row) => row.streamId === streamId).map((row) => row.sequence)

async function ack({ streamId, commandId }: CommandRow, result: Ack['result'] = 'done', now = after(20_000)) {
  await numberCommands(database, { now, limit: 100, keyId: 'key-1' })
  return recordAck(database, { streamId, commandId, result, brokerAt: now, now })
}

describe('takeDueCommands', () => {
  test('two relays take disjoint streams, each in order, and nothing of a stream that the other holds', async () => {
    const names = ['r-a', 'r-b', 'r-c']
    for (const name of names) await decided(name, {}, 'P0')
    for (const name of names) await decided(name, { idempotencyKey: 'second', now: after(1) }, 'P0')
    const seen: (readonly CommandRow[])[] = []
    await numberCommands(database, { now: after(1), limit: 100, keyId: 'key-1' })
    await database.transaction(async (one) => {
      seen.push(await takeDueCommands(one, { now: after(1), limit: 2 }))
      await decided('r-a', { idempotencyKey: 'third', now: after(1) }, 'P0')
      await database.transaction(async (two) => {
        seen.push(await takeDueCommands(two, { now: after(1), limit: 100 }))
      })
    })
    const streams = seen.map((rows) => new Set(rows.map((row) => row.streamId)))
    expect(streams.map((set) => set.size)).toEqual([2, 1])
    expect(new Set(streams.flatMap((set) => [...set]))).toEqual(new Set(names))
    for (const rows of seen)
      for (const name of new Set(rows.map((row) => row.streamId))) expect(idsOf(rows, name)).toEqual([1, 2])
    await relay(after(1))
  })

  test('a decision is not held up by a relay that publishes', async () => {
    const { commands } = await decided('free', {}, 'P0')
    await relay(noon, async (due) => {
      expect(idsOf(due, 'free')).toEqual([1])
      await decided('free', { idempotencyKey: 'b' }, 'P0')
    })
    expect(commands).toHaveLength(1)
  })

  const actionsOf = (rows: readonly CommandRow[], streamId: string): string[] =>
    rows.filter((row) => row.streamId === streamId).map((row) => row.action)
  const withoutUndo = { rules: { ...rules, undoMs: 0 } }

  test('one that waits for its undo holds back the later ones, and only of its stream', async () => {
    await decided('held', { action: 'warn-streamer' })
    await decided('held', { action: 'cut-stream', now: after(1), idempotencyKey: 'b', ...withoutUndo })
    await decided('not-held', withoutUndo)
    const early = await relay(after(9_999))
    expect(idsOf(early, 'held')).toEqual([])
    expect(idsOf(early, 'not-held')).toEqual([1])
    const late = await relay(after(10_000))
    expect([idsOf(late, 'held'), actionsOf(late, 'held')]).toEqual([
      [1, 2],
      ['warn-streamer', 'cut-stream'],
    ])
  })

  test('P0 goes past the one that waits, and numbers are those of the sending', async () => {
    await decided('past', { action: 'warn-streamer' })
    await decided('past', { action: 'cut-stream', now: after(1), idempotencyKey: 'top' }, 'P0')
    const early = await relay(after(1))
    expect([idsOf(early, 'past'), actionsOf(early, 'past')]).toEqual([[1], ['cut-stream']])
    const late = await relay(after(10_000))
    expect([idsOf(late, 'past'), actionsOf(late, 'past')]).toEqual([
      [1, 2],
      ['cut-stream', 'warn-streamer'],
    ])
  })

  test('one that is taken back leaves no hole in the numbers', async () => {
    const { decision } = await decided('no-hole')
    await undoDecision(database, { decisionId: decision.decisionId, actor: person, now: after(5_000) })
    await decided('no-hole', { now: after(5_001), idempotencyKey: 'again' })
    expect(idsOf(await relay(after(20_000)), 'no-hole')).toEqual([1])
  })

  test('a stream that is held back takes no place of the limit', async () => {
    for (const name of ['aa-1', 'aa-2', 'aa-3']) {
      await decided(name, { now: after(100_000) })
      await decided(name, { idempotencyKey: 'top', now: after(100_001), ...withoutUndo })
    }
    await decided('zz', { now: after(100_002), ...withoutUndo })
    await numberCommands(database, { now: after(100_002), limit: 1, keyId: 'key-1' })
    const due = await database.transaction((tx) => takeDueCommands(tx, { now: after(100_002), limit: 1 }))
    expect(due.map((row) => row.streamId)).toEqual(['zz'])
    await relay(after(120_000))
  })

  test('is sent again until it is acknowledged', async () => {
    const [command] = (await decided('retry', {}, 'P0')).commands
    if (command === undefined) throw new Error('no command')
    expect(idsOf(await relay(noon), 'retry')).toEqual([1])
    expect(idsOf(await relay(after(retryMs - 1)), 'retry')).toEqual([])
    expect(await relay(after(retryMs)).then((rows) => rows.find((row) => row.streamId === 'retry'))).toMatchObject({
      attempts: 1,
      issued: { ...command.data, sequence: 1 },
    })
    await ack(command)
    expect(idsOf(await relay(after(2 * retryMs)), 'retry')).toEqual([])
  })

  test('an undo while a relay sends the command is too late', async () => {
    const { decision } = await decided('race')
    // The relay's clock is ahead of the console's.
    await relay(after(10_000), async () => {
      const undo = undoDecision(database, { decisionId: decision.decisionId, actor: person, now: after(9_999) })
      await expect(undo).rejects.toThrow(CaseConflictError)
    })
  })
})

describe('the answer of the platform', () => {
  test('counts once, and closes the case when nothing else is pending', async () => {
    const { case: row, commands } = await decided('ack')
    const [command] = commands
    if (command === undefined) throw new Error('no command')
    const all = await Promise.all([1, 2, 3].map(() => ack(command)))
    expect(all.filter((each) => each !== null)).toHaveLength(1)
    expect(await findCase(database, row.caseId)).toMatchObject({ state: 'closed' })
    expect(await ack(command, 'failed')).toBeNull()
    expect(await findCase(database, row.caseId)).toMatchObject({ state: 'closed' })
  })

  test('is nothing when the command is of another stream or unknown', async () => {
    const [command] = (await decided('mine')).commands
    if (command === undefined) throw new Error('no command')
    expect(await ack({ ...command, streamId: 'other' })).toBeNull()
    expect(await ack({ ...command, commandId: 'cmd-none' })).toBeNull()
  })

  test('is nothing before the command could be sent: ids can be guessed, and the command must still go', async () => {
    const [command] = (await decided('guessed')).commands
    if (command === undefined) throw new Error('no command')
    expect(await ack(command, 'done', after(9_999))).toBeNull()
    expect(idsOf(await relay(after(10_000)), 'guessed')).toEqual([1])
    expect(await ack(command, 'done', after(9_999))).toMatchObject({ state: 'acknowledged' })
  })

  test.each(['failed', 'refused', 'unknown-target'] as const)('%s opens the case again', async (result) => {
    const { case: row, commands } = await decided(`bad-${result}`, { action: 'cut-stream' })
    for (const command of commands) await ack(command, result)
    expect(await findCase(database, row.caseId)).toMatchObject({ state: 'open', darkState: 'none' })
  })

  test('a failure beside an open follow-up ends the old case: one open case a stream', async () => {
    const { case: row, commands } = await decided('beside')
    await grow(database, { streamId: 'beside', signals: [signal('beside', 'late')], now: after(1) })
    for (const command of commands) await ack(command, 'failed')
    expect(await findCase(database, row.caseId)).toMatchObject({ state: 'closed' })
  })

  test('silence until the end of its time does too, once', async () => {
    const { case: row } = await decided('silent', {}, 'P0')
    await relay(noon)
    const mine = async (ms: number) => idsOf(await expireCommands(database, after(ms)), 'silent')
    expect(await mine(59_999)).toEqual([])
    const both = await Promise.all([mine(60_000), mine(60_000)])
    expect(both.flat()).toEqual([1])
    expect(await findCase(database, row.caseId)).toMatchObject({ state: 'open' })
    expect(idsOf(await relay(after(60_000)), 'silent')).toEqual([])
  })

  test('gives an open case no new version: the person who has it can still decide', async () => {
    const first = await decided('open-ack', {}, 'P0')
    for (const command of first.commands) await ack(command, 'failed')
    const input = await claimed(database, first.case, { idempotencyKey: 'next', now: after(21_000) })
    await database.pool.query(`update commands set state = 'sent' where stream_id = 'open-ack'`)
    for (const command of first.commands) await ack(command)
    await expect(decide(database, input)).resolves.toMatchObject({ case: { caseId: first.case.caseId } })
  })
})

describe('outbox', () => {
  async function queue(key: string, count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      const data = { actor: key, role: 'r', what: 'w', reason: 'r', at: noon.toISOString() }
      const event = { type: 'moderation.evidence.viewed' as const, id: `${key}-${n}`, at: noon, data }
      await database.transaction((tx) => queueEvent(tx, key, event))
    }
  }

  async function publish(tx: Queries, published: string[], limit: number): Promise<number> {
    const rows = await takeOutbox(tx, limit)
    published.push(...rows.map((row) => row.event.id))
    await markPublished(tx, rows, noon)
    return rows.length
  }

  test('two relays publish everything once, in order a key', async () => {
    await database.pool.query('delete from outbox')
    const keys = ['actor:a', 'actor:b', 'actor:c', 'actor:d']
    await Promise.all(keys.map((key) => queue(key, 15)))
    const published: string[] = []
    const isLeft = async () =>
      (await database.pool.query('select 1 from outbox where published_at is null')).rows.length
    const run = async () => {
      while ((await isLeft()) > 0) await database.transaction((tx) => publish(tx, published, 4))
    }
    await Promise.all([run(), run(), run()])
    expect(published).toHaveLength(60)
    for (const key of keys)
      expect(published.filter((id) => id.startsWith(key))).toEqual(Array.from({ length: 15 }, (_, n) => `${key}-${n}`))
  })

  test('a key that somebody publishes is left alone, and what is rolled back is taken again', async () => {
    await queue('actor:e', 2)
    const broken = database.transaction(async (tx) => {
      const published: string[] = []
      await publish(tx, published, 10)
      expect(published).toEqual(['actor:e-0', 'actor:e-1'])
      await queue('actor:e', 1)
      expect(await database.transaction((other) => takeOutbox(other, 10))).toEqual([])
      throw new Error('the log is away')
    })
    await expect(broken).rejects.toThrow('the log is away')
    const again = await database.transaction((tx) => takeOutbox(tx, 10))
    expect(again.map((row) => row.seq)).toEqual([1, 2, 3])
  })

  test('forgets what was published before a time, nothing that was not', async () => {
    await queue('actor:f', 1)
    await pruneRows(database, 'events', after(1), 100)
    const { rows } = await database.pool.query<{ key: string }>('select distinct key from outbox')
    expect(rows.map((row) => row.key).toSorted()).toEqual(['actor:e', 'actor:f'])
  })
})
