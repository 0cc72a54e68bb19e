import { decodeRecord, encodeEvent, topicName, type ChatJudged } from '@streamkeeper/contracts'
import { decideHeld, timeoutActor } from '@streamkeeper/database'
import type { LogRecord } from '@streamkeeper/pipeline'
import { openTestDeps, topicPrefix, type TestDeps } from '../_test-deps.js'
import { createDecodeStep } from '../steps/decode.js'
import { createTakeVerdictStep } from '../steps/take-verdict.js'
import { relayOnce } from './relay.js'
import { timeOutMessages } from './settle-held.js'

/** From the first verdict on the log to the final one on the log. */
let opened: TestDeps
beforeAll(async () => {
  opened = await openTestDeps()
}, 60_000)
afterAll(() => opened.close())
afterEach(() => opened.deps.database.pool.query('truncate held_messages'))

const sentAt = '2025-06-01T12:00:00.000Z'
const topic = topicName(topicPrefix, 'moderation.verdicts')

function judged(streamId: string, more: Partial<ChatJudged> = {}): ChatJudged {
  return {
    streamId,
    messageId: 'm1',
    verdict: 'hold',
    matches: [{ entry: 'kite', category: 'FRAUD', severity: 50, start: 0, end: 4, matched: 'kite', via: [] }],
    policy: opened.deps.policy.identity,
    judgedAt: sentAt,
    text: 'kite',
    accountId: 'viewer',
    sentAt,
    ...more,
  }
}

/** Reads a first verdict that the broker took now, or so long ago. */
async function take(data: ChatJudged, agoMs = 0): Promise<string> {
  const { deps, clock } = opened
  const time = new Date(clock.now)
  const { streamId: subject } = data
  const event = { type: 'moderation.chat.judged' as const, id: 'v1', source: '/screen', subject, time, data }
  const record: LogRecord = {
    ...encodeEvent(topicPrefix, event),
    partition: 0,
    offset: 0n,
    brokerAt: clock.now - agoMs,
  }
  const context = { attempt: 1 } as Parameters<ReturnType<typeof createDecodeStep>['run']>[1]
  const decoded = await createDecodeStep(topicPrefix).run(record, context)
  if (decoded.kind !== 'ok') throw new Error(decoded.kind)
  return (await createTakeVerdictStep(deps).run(decoded.value, context)).kind
}

async function finals(streamId: string) {
  const records = await opened.log.read(topic, 0, 0n, 1_000)
  return records.flatMap((record) => {
    const decoded = decodeRecord('moderation.verdicts', record)
    if ('rejection' in decoded) throw new Error('a verdict that is none')
    const { attributes, data } = decoded.event
    return attributes['subject'] === streamId
      ? [{ id: attributes['id'], data: data as ChatJudged, value: record.value }]
      : []
  })
}

async function passTimeout(): Promise<void> {
  opened.clock.now += opened.deps.policy.chat.heldTimeoutMs
  await timeOutMessages(opened.deps)
  await relayOnce(opened.deps)
}

it('nobody decided: the policy does when the time is up, not before, and once', async () => {
  expect(await take(judged('late'))).toBe('ok')
  opened.clock.now += opened.deps.policy.chat.heldTimeoutMs - 1
  await timeOutMessages(opened.deps)
  await relayOnce(opened.deps)
  expect(await finals('late')).toEqual([])
  opened.clock.now += 1
  await timeOutMessages(opened.deps)
  await relayOnce(opened.deps)
  await take(judged('late'))
  await passTimeout()
  const told = await finals('late')
  expect(told).toHaveLength(1)
  expect(told[0]?.data).toMatchObject({ messageId: 'm1', verdict: 'block', final: true, decidedBy: timeoutActor })
  expect(told[0]?.data.text).toBeUndefined()
})

it('a person decided: the timeout says nothing more', async () => {
  await take(judged('person'))
  const messages = [{ streamId: 'person', messageId: 'm1' }]
  const { database, now } = opened.deps
  await decideHeld(database, { messages, verdict: 'allow', actor: 'mo', role: 'moderator', at: new Date(now()) })
  await passTimeout()
  expect((await finals('person')).map(({ data }) => [data.verdict, data.decidedBy])).toEqual([['allow', 'mo']])
})

it('a crash between publish and mark: the same event again, byte for byte', async () => {
  await take(judged('crash'))
  opened.clock.now += opened.deps.policy.chat.heldTimeoutMs
  await timeOutMessages(opened.deps)
  const publish: typeof opened.log.publish = async (records) => {
    await opened.log.publish(records)
    throw new Error('died')
  }
  const dying = Object.assign(Object.create(opened.log) as typeof opened.log, { publish })
  await expect(relayOnce({ ...opened.deps, log: dying })).rejects.toThrow('died')
  opened.clock.now += 1_000
  await relayOnce(opened.deps)
  const [first, second, ...more] = await finals('crash')
  expect(more).toEqual([])
  expect(second?.id).toBe(first?.id)
  expect(second?.value?.equals(first?.value ?? Buffer.alloc(0))).toBe(true)
})

it('a message that could not be judged is blocked by the timeout, even where the policy would allow', async () => {
  const { policy } = opened.deps
  const chat = { ...policy.chat, heldTimeoutVerdict: 'allow' as const }
  const before = opened.deps
  Object.assign(opened, { deps: { ...before, policy: { ...policy, chat } } })
  await take(judged('judged'))
  await take(judged('failed', { matches: [], fallback: 'filter-failed' }))
  Object.assign(opened, { deps: before })
  await passTimeout()
  expect((await finals('judged'))[0]?.data.verdict).toBe('allow')
  expect((await finals('failed'))[0]?.data).toMatchObject({ verdict: 'block', fallback: 'filter-failed' })
})

it('what waited longer than the timeout because we were away is not released unseen: people get the whole time', async () => {
  const { policy } = opened.deps
  const before = opened.deps
  const agoMs = 2 * policy.chat.heldTimeoutMs
  const allowing = { ...policy, chat: { ...policy.chat, heldTimeoutVerdict: 'allow' as const } }
  Object.assign(opened, { deps: { ...before, policy: allowing } })
  await take(judged('unseen'), agoMs)
  Object.assign(opened, { deps: before })
  await take(judged('blocked'), agoMs)
  await timeOutMessages(before)
  await relayOnce(before)
  expect(await finals('unseen')).toEqual([])
  expect((await finals('blocked'))[0]?.data.verdict).toBe('block')
  await passTimeout()
  expect((await finals('unseen'))[0]?.data.verdict).toBe('allow')
})

it('what was allowed or blocked, and a final verdict, are not held', async () => {
  for (const more of [{ verdict: 'allow' }, { verdict: 'block' }, { verdict: 'hold', final: true }] as const)
    expect(await take(judged('other', more))).toBe('drop')
  await passTimeout()
  expect(await finals('other')).toEqual([])
})

it('many that are due at once all get their verdict', async () => {
  const { pool } = opened.deps.database
  await take(judged('many'))
  await pool.query(`insert into held_messages (stream_id, message_id, matches, severity, policy, held_at, due_at, timeout_verdict)
    select stream_id, 'n' || n, matches, severity, policy, held_at, due_at, timeout_verdict from held_messages, generate_series(1, 450) n`)
  await passTimeout()
  await relayOnce(opened.deps)
  await relayOnce(opened.deps)
  expect(new Set((await finals('many')).map(({ id }) => id)).size).toBe(451)
})
