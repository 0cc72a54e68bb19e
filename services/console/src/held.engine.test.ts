import type { DecideHeldView, HeldList, Problem, Role } from '@streamkeeper/contracts'
import { holdMessage, startStream } from '@streamkeeper/database'
import { openTestConsole, type Browser, type TestConsole } from './_test-console.js'

/** Held messages over the API: the list, and the verdict on many. */
let console: TestConsole
let mo: Browser
let pat: Browser
const start = Date.now()

beforeAll(async () => {
  console = await openTestConsole()
  mo = await console.signIn('mo', 'moderator')
  pat = await console.signIn('pat', 'lead')
}, 60_000)
afterAll(() => console.close())
afterEach(() => console.database.pool.query('truncate held_messages'))

async function hold(streamId: string, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1)
    await holdMessage(console.database, {
      streamId,
      messageId: `m${n}`,
      accountId: 'viewer',
      nickname: null,
      text: `kite ${n}`,
      matches: [{ entry: 'kite', category: 'FRAUD', severity: 50, start: 0, end: 4, matched: 'kite', via: ['case'] }],
      severity: 50,
      fallback: null,
      policy: console.deps.policy.identity,
      heldAt: new Date(start + n),
      dueAt: new Date(start + n + 60_000),
      timeoutVerdict: 'block',
    })
}

async function list(query = ''): Promise<HeldList> {
  const answer = await console.call(`/held${query}`, { browser: mo })
  expect(answer.status).toBe(200)
  return (await answer.json()) as HeldList
}

async function decide(browser: Browser, decision: string, messages: unknown) {
  const answer = await console.call('/held/decisions', { method: 'POST', browser, body: { decision, messages } })
  return { status: answer.status, body: (await answer.json()) as DecideHeldView & Problem }
}

const keys = (streamId: string, ...ids: string[]) => ids.map((messageId) => ({ streamId, messageId }))

it('lists what waits with all that a decision needs, the counts and the streams', async () => {
  await startStream(console.database, {
    start: {
      streamId: 'known',
      streamer: { accountId: 'a' },
      title: 'Evening market',
      class: 'game',
      ingest: { address: '192.0.2.1', port: 1935 },
      startedAt: new Date(start).toISOString(),
    },
    origin: { topic: 'live.sessions', partition: 0, offset: 0n, brokerAt: start },
  })
  await hold('known', 2)
  await hold('unknown', 1)
  const { messages, waiting, streams, next } = await list('?stream=known&order=newest')
  expect(messages).toMatchObject([
    {
      streamId: 'known',
      messageId: 'm1',
      title: 'Evening market',
      accountId: 'viewer',
      text: 'kite 1',
      matches: [{ entry: 'kite', via: ['case'] }],
      dueAt: new Date(start + 60_001).toISOString(),
      timeoutVerdict: 'block',
    },
    { messageId: 'm0' },
  ])
  expect([waiting, next]).toEqual([3, null])
  expect(streams).toEqual([
    { streamId: 'known', title: 'Evening market', waiting: 2 },
    { streamId: 'unknown', title: null, waiting: 1 },
  ])
})

it('gives the list in pages', async () => {
  await hold('paged', 5)
  const seen: string[] = []
  for (let after = ''; ;) {
    const { messages, next } = await list(`?limit=2${after}`)
    seen.push(...messages.map(({ messageId }) => messageId))
    if (next === null) break
    after = `&after=${next}`
  }
  expect(seen).toEqual(['m0', 'm1', 'm2', 'm3', 'm4'])
})

it('decides many, and says of each what became of it', async () => {
  await hold('bulk', 4)
  await decide(pat, 'block', keys('bulk', 'm0'))
  const { status, body } = await decide(mo, 'release', keys('bulk', 'm0', 'm1', 'm2', 'none', 'm1'))
  expect(status).toBe(200)
  expect(body.results.map(({ messageId, result, state, decidedBy }) => [messageId, result, state, decidedBy])).toEqual([
    ['m0', 'already-decided', 'blocked', 'pat'],
    ['m1', 'done', 'released', 'mo'],
    ['m2', 'done', 'released', 'mo'],
    ['none', 'unknown', null, null],
    ['m1', 'done', 'released', 'mo'],
  ])
  expect(body.waiting).toBe(1)
  expect((await list()).messages.map(({ messageId }) => messageId)).toEqual(['m3'])
})

it('two people at once: each message is decided by one of them', async () => {
  await hold('both', 50)
  const all = keys('both', ...Array.from({ length: 50 }, (_, n) => `m${n}`))
  const answers = await Promise.all([decide(mo, 'release', all), decide(pat, 'block', all.toReversed())])
  const done = answers.flatMap(({ body }) => body.results.filter(({ result }) => result === 'done'))
  expect(new Set(done.map(({ messageId }) => messageId)).size).toBe(50)
  expect(done).toHaveLength(50)
})

it('takes 200 messages of the longest ids, and not one more', async () => {
  const longest = (n: number) => String(n).padEnd(128, '風')
  const many = Array.from({ length: 201 }, (_, n) => ({ streamId: longest(0), messageId: longest(n) }))
  const { status, body } = await decide(mo, 'block', many.slice(1))
  expect([status, body.results.length]).toEqual([200, 200])
  expect(await decide(mo, 'block', many)).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } })
})

it.each([
  ['?limit=101', 'limit'],
  ['?order=worst', 'order'],
  ['?stream=a%2Fb', 'stream'],
  ['?after=no-place', 'after'],
  [`?after=${Buffer.from('[1,"a"]').toString('base64url')}`, 'after'],
])('refuses %s and names the field', async (query, field) => {
  const answer = await console.call(`/held${query}`, { browser: mo })
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ code: 'INVALID_REQUEST', detail: expect.stringContaining(field) })
})

it.each([
  ['hold', keys('s', 'm')],
  ['release', []],
  ['release', [{ streamId: 's' }]],
  ['block', [{ streamId: '../s', messageId: 'm' }]],
])('refuses to %s %j', async (decision, messages) => {
  expect(await decide(mo, decision, messages)).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } })
})

it.each([
  ['moderator', true],
  ['lead', true],
  ['auditor', false],
] satisfies [Role, boolean][])('tells the open page of a %s how many wait: %s', async (role, isTold) => {
  await hold('told', 3)
  const browser = await console.signIn(`told-${role}`, role)
  const stop = new AbortController()
  const answer = await console.call('/events', { browser, signal: stop.signal })
  let text = ''
  for await (const part of answer.body ?? []) {
    text += Buffer.from(part).toString()
    if (text.includes(': ping')) break
  }
  stop.abort()
  expect(text.includes('"type":"held","waiting":3')).toBe(isTold)
})
