import { afterEach, expect, test } from '@jest/globals'
import type { HeldKey } from '@streamkeeper/contracts'
import { useTestDatabase } from './_test-database.js'
import { after, noon, policy } from './_test-records.js'
import type { Database } from './database.js'
import {
  decideHeld,
  markHeldPublished,
  takeDecidedHeld,
  timeOutHeld,
  timeoutActor,
  type DecideHeld,
} from './held-decisions.js'
import {
  countHeld,
  countHeldByStream,
  holdMessage,
  listHeld,
  readHeldMark,
  type HeldPlace,
  type NewHeldMessage,
} from './held-messages.js'
import { pruneRows } from './prune.js'

let database: Database
useTestDatabase((opened) => (database = opened.database))
afterEach(() => database.pool.query('truncate held_messages'))

function message(streamId: string, n: number, more: Partial<NewHeldMessage> = {}): NewHeldMessage {
  return {
    streamId,
    messageId: `m${n}`,
    accountId: 'viewer',
    nickname: 'Nick',
    text: 'blue kite',
    matches: [{ entry: 'kite', category: 'FRAUD', severity: 50, start: 5, end: 9, matched: 'kite', via: ['case'] }],
    severity: 50,
    fallback: null,
    policy,
    heldAt: after(n),
    dueAt: after(60_000 + n),
    timeoutVerdict: 'block',
    ...more,
  }
}

async function hold(streamId: string, count: number, more: Partial<NewHeldMessage> = {}): Promise<HeldKey[]> {
  const messages = Array.from({ length: count }, (_, n) => message(streamId, n, more))
  for (const each of messages) await holdMessage(database, each)
  return messages.map(({ messageId }) => ({ streamId, messageId }))
}

const decide = (messages: readonly HeldKey[], more: Partial<DecideHeld> = {}) =>
  decideHeld(database, { messages, verdict: 'allow', actor: 'mo', role: 'moderator', at: after(1_000), ...more })

async function publishAll(): Promise<string[]> {
  return database.transaction(async (tx) => {
    const rows = await takeDecidedHeld(tx, 1_000)
    if (rows.length > 0) await markHeldPublished(tx, rows, after(70_000))
    return rows.map(({ streamId, messageId, state, decidedBy }) => `${streamId} ${messageId} ${state} ${decidedBy}`)
  })
}

test('the first verdict again changes nothing, held or decided', async () => {
  const keys = await hold('again', 1)
  await holdMessage(database, message('again', 0, { text: 'other', dueAt: after(1) }))
  await decide(keys)
  await hold('again', 1)
  const { rows } = await decide(keys, { verdict: 'block', actor: 'pat' })
  expect(rows).toMatchObject([{ text: 'blue kite', dueAt: after(60_000), state: 'released', decidedBy: 'mo' }])
  expect(await publishAll()).toEqual(['again m0 released mo'])
  expect(await publishAll()).toEqual([])
})

test('text is kept as it was sent but for the NUL, which goes without moving the place of a match', async () => {
  const text = 'a\0b 😀 kite'
  await holdMessage(database, message('text', 0, { text, matches: [] }))
  const [row] = await listHeld(database, { streamId: 'text', order: 'oldest', after: undefined, limit: 1 })
  expect(row?.text).toBe('a\uFFFDb 😀 kite')
  expect(row?.text?.indexOf('kite')).toBe(text.indexOf('kite'))
})

test('of two people and the timer at once each message is decided by exactly one, and nobody waits for ever', async () => {
  const keys = await hold('race', 120)
  const parts = (all: readonly HeldKey[]) => Array.from({ length: 12 }, (_, n) => all.slice(n * 10, n * 10 + 10))
  const people = await Promise.all([
    ...parts(keys).map((part) => decide(part, { actor: 'mo' })),
    ...parts(keys.toReversed()).map((part) => decide(part, { actor: 'pat', verdict: 'block' })),
    decide(keys.slice(20, 100).toReversed(), { actor: 'le' }),
    ...parts(keys).map(async () => {
      await timeOutHeld(database, { now: after(120_000), limit: 3 })
      return { rows: [], decided: [] }
    }),
  ])
  const { rows, decided } = await decide(keys, { actor: 'late' })
  expect(rows).toHaveLength(120)
  const count = (...names: string[]) => rows.filter(({ decidedBy }) => names.includes(decidedBy ?? '')).length
  expect(count('mo', 'le', 'pat')).toBe(people.reduce((sum, one) => sum + one.decided.length, 0))
  expect(count('mo', 'le', 'pat', timeoutActor) + decided.length).toBe(120)
  for (const { state, decidedBy } of rows)
    expect(state).toBe(['mo', 'le', 'late'].includes(decidedBy ?? '') ? 'released' : 'blocked')
  const published = (await Promise.all([publishAll(), publishAll(), publishAll()])).flat()
  expect(published).toHaveLength(120)
  expect(new Set(published).size).toBe(120)
})

test('the timer takes what is due and nothing else, by the verdict of its row', async () => {
  await hold('timer', 2, { dueAt: after(10), timeoutVerdict: 'allow' })
  await holdMessage(database, message('timer', 7, { dueAt: after(11) }))
  await holdMessage(database, message('timer', 8, { dueAt: after(12) }))
  expect(await timeOutHeld(database, { now: after(9), limit: 100 })).toBe(0)
  expect(await timeOutHeld(database, { now: after(11), limit: 2 })).toBe(2)
  expect(await timeOutHeld(database, { now: after(11), limit: 2 })).toBe(1)
  expect((await publishAll()).toSorted()).toEqual([
    `timer m0 released ${timeoutActor}`,
    `timer m1 released ${timeoutActor}`,
    `timer m7 blocked ${timeoutActor}`,
  ])
})

test('what a publisher could not mark is published again; meanwhile nobody else takes it', async () => {
  const keys = await hold('crash', 3)
  await decide(keys)
  const failed = database.transaction(async (tx) => {
    expect(await takeDecidedHeld(tx, 100)).toHaveLength(3)
    expect(await publishAll()).toEqual([])
    throw new Error('the process died')
  })
  await expect(failed).rejects.toThrow('died')
  expect(await publishAll()).toHaveLength(3)
})

test('a decision stands on the access log with its messages, once; one that decides nothing leaves no trace', async () => {
  const keys = await hold('noted', 2)
  await decide(keys, { actor: 'noter', verdict: 'block' })
  await decide([...keys, { streamId: 'noted', messageId: 'unknown' }], { actor: 'noter' })
  const { rows } = await database.pool.query(
    `select a.what, a.role, a.stream_id, o.event from access_log a join outbox o on o.key = 'actor:noter' where a.actor = 'noter'`,
  )
  expect(rows).toMatchObject([
    {
      what: 'held messages blocked: 2',
      role: 'moderator',
      stream_id: 'noted',
      event: {
        type: 'moderation.held.decided',
        data: { actor: 'noter', verdict: 'block', messages: [{ messageId: 'm0' }, { messageId: 'm1' }] },
      },
    },
  ])
})

async function readPages(order: 'oldest' | 'newest', streamId: string | undefined): Promise<HeldPlace[]> {
  const seen: HeldPlace[] = []
  for (;;) {
    const page = await listHeld(database, { streamId, order, after: seen.at(-1), limit: 3 })
    seen.push(...page)
    if (page.length < 3) return seen
  }
}

test.each([
  ['oldest', undefined, 12],
  ['newest', undefined, 12],
  ['oldest', 'page-a', 7],
  ['newest', 'page-a', 7],
] as const)('pages hold every message once, %s first, of stream %s', async (order, streamId, expected) => {
  await hold('page-a', 7)
  await hold('page-b', 5)
  const seen = await readPages(order, streamId)
  expect(new Set(seen.map((one) => `${one.streamId} ${one.messageId}`)).size).toBe(expected)
  expect(seen).toHaveLength(expected)
  const times = seen.map(({ heldAt }) => heldAt.getTime())
  expect(times).toEqual(times.toSorted((a, b) => (order === 'oldest' ? a - b : b - a)))
})

test('counts what waits, and of which streams the most', async () => {
  await hold('page-a', 7)
  await hold('page-b', 5)
  expect(await countHeld(database)).toBe(12)
  expect(await countHeldByStream(database, 2)).toEqual([
    { streamId: 'page-a', waiting: 7 },
    { streamId: 'page-b', waiting: 5 },
  ])
})

test('the mark of the list moves when one is decided and another comes in its place', async () => {
  await hold('marked', 2)
  const before = await readHeldMark(database)
  await decide([{ streamId: 'marked', messageId: 'm0' }])
  await holdMessage(database, message('marked', 99))
  const later = await readHeldMark(database)
  expect(later.waiting).toBe(before.waiting)
  expect(later.mark).not.toBe(before.mark)
})

test('what is published goes when it is old; what waits, or waits to be published, stays', async () => {
  await hold('old', 2)
  await decide([{ streamId: 'old', messageId: 'm0' }])
  const of = async () => (await database.pool.query(`select 1 from held_messages where stream_id = 'old'`)).rowCount
  await pruneRows(database, 'held', after(1e9), 1_000)
  expect(await of()).toBe(2)
  await publishAll()
  expect(await pruneRows(database, 'held', noon, 1_000)).toBe(0)
  await pruneRows(database, 'held', after(1e9), 1_000)
  expect(await of()).toBe(1)
})
