import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { CaseDetail, CaseList, ClaimView, DecideView, type Role, type SignalRaised } from '@streamkeeper/contracts'
import { addUser, findPolicyStream, growCase, startStream, type Database } from '@streamkeeper/database'
import { hashPassword } from '@streamkeeper/runtime'
import { uniqueName, until } from '@streamkeeper/testkit'
import { startSystem, type System } from '../harness/start-system.js'

/** The console's API as its page and the command line use it, and as somebody would who may not. */
let system: System
let database: Database
let page = ''
const localToken = 'l'.repeat(40)
const password = 'correct horse'
const by = { actor: 'test', role: 'admin', at: new Date() }
const still = 'b'.repeat(64)
const preview = 'c'.repeat(64)

beforeAll(async () => {
  system = await startSystem({ services: ['console'], env: { STREAMKEEPER_LOCAL_TOKEN: localToken } })
  database = system.database
  page = await until(pageAddress, { what: 'the address of the page', withinMs: 10_000 })
  const passwordHash = await hashPassword(password)
  for (const [username, role] of Object.entries({ mo: 'moderator', pat: 'moderator', le: 'lead', au: 'auditor' }))
    await addUser(database, { username, role: role as Role, passwordHash }, by)
  for (const sha256 of [still, preview])
    await system.spool.put(`evidence/${sha256}.jpg`, Buffer.from(sha256), { contentType: 'image/jpeg' })
}, 60_000)

afterAll(() => system.stop(), 30_000)

function pageAddress(): string | null {
  const line = system.services.get('console')?.lines.find((one) => one.includes('"event":"page"'))
  return line === undefined ? null : (JSON.parse(line) as { page: string }).page
}

interface Session {
  readonly cookie: string
  readonly csrf: string
}

async function call(path: string, session: Partial<Session> = {}, method = 'GET', body?: unknown): Promise<Response> {
  return fetch(`${page}/api/v1${path}`, {
    method,
    headers: {
      ...(session.cookie === undefined ? {} : { cookie: session.cookie }),
      ...(session.csrf === undefined ? {} : { 'x-csrf-token': session.csrf }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

async function enter(username: string): Promise<Session> {
  const answer = await call('/session', {}, 'POST', { username, password })
  expect(answer.status).toBe(200)
  const cookie = answer.headers.getSetCookie()[0] ?? ''
  expect(cookie).toMatch(/^streamkeeper_session=[\w-]{43};.*HttpOnly; SameSite=Strict$/)
  const { csrf } = (await answer.json()) as { csrf: string }
  return { csrf, cookie: cookie.split(';')[0] ?? '' }
}

async function makeCase(): Promise<string> {
  const streamId = uniqueName('stream')
  const now = new Date()
  await startStream(database, {
    start: {
      streamId,
      streamer: { accountId: `a-${streamId}`, nickname: 'Nick' },
      title: 'Title',
      class: 'game',
      ingest: { address: '192.0.2.1', port: 1935 },
      startedAt: now.toISOString(),
    },
    origin: { topic: 'live.sessions', partition: 0, offset: 0n, brokerAt: now.getTime() },
  })
  const picture = (sha256: string) => ({ key: `evidence/${sha256}.jpg`, sha256, size: 64 })
  const signal: SignalRaised = {
    signalId: `${streamId}-1`,
    streamId,
    lane: 'picture',
    label: 'TEST_CARD',
    score: 0.9,
    severity: 60,
    source: { name: 'm', version: '1', sha256: 'a'.repeat(64) },
    at: now.toISOString(),
    evidence: { still: picture(still), preview: picture(preview) },
    shadow: false,
  }
  const stream = await findPolicyStream(database, streamId)
  const growth = { stream, signals: [signal], severity: 60, tier: 'P2' as const, priority: 60, deadlineMs: 60_000, now }
  const grown = await database.transaction((tx) => growCase(tx, growth))
  if (grown === null) throw new Error('no case grew')
  return grown.case.caseId
}

async function expectProblem(answer: Response, status: number, code: string): Promise<void> {
  expect({ status: answer.status, ...((await answer.json()) as object) }).toMatchObject({ status, code })
}

async function claimAndShow(caseId: string, who: Session) {
  const claimed = ClaimView.parse(await (await call(`/cases/${caseId}/claim`, who, 'POST', {})).json())
  const detail = CaseDetail.parse(await (await call(`/cases/${caseId}`, who)).json())
  const decision = {
    action: 'cut-stream',
    label: 'TEST_CARD',
    textForStreamer: 'A drill.',
    seenThroughSeq: detail.signals[0]?.seq ?? 0,
    expectedVersion: detail.case.version,
    leaseToken: claimed.leaseToken,
    idempotencyKey: randomUUID(),
  }
  return { claimed, detail, decision }
}

test('sign in, list, claim, decide, take back', async () => {
  const caseId = await makeCase()
  const mo = await enter('mo')
  const list = CaseList.parse(await (await call('/cases?state=waiting', mo)).json())
  expect(list.cases.find((row) => row.caseId === caseId)).toMatchObject({ nickname: 'Nick', hits: 1, state: 'open' })
  const { decision, detail } = await claimAndShow(caseId, mo)
  expect(detail.reasons.length).toBeGreaterThan(0)
  const path = `/cases/${caseId}/decisions`
  await expectProblem(await call(path, mo, 'POST', { ...decision, expectedVersion: 1 }), 409, 'CASE_CONFLICT')
  await expectProblem(await call(path, mo, 'POST', { ...decision, label: 'NONE' }), 400, 'INVALID_REQUEST')
  const made = DecideView.parse(await (await call(path, mo, 'POST', decision)).json())
  expect(made).toMatchObject({ case: { state: 'enforcing' }, commands: [{ action: 'cut-stream', state: 'waiting' }] })
  const again = DecideView.parse(await (await call(path, mo, 'POST', decision)).json())
  expect(again.decision.decisionId).toBe(made.decision.decisionId)
  await expectProblem(await call(path, mo, 'POST', { ...decision, idempotencyKey: randomUUID() }), 409, 'LEASE_LOST')
  const pat = await enter('pat')
  const undo = `/decisions/${made.decision.decisionId}`
  await expectProblem(await call(undo, pat, 'DELETE'), 403, 'FORBIDDEN')
  await expectProblem(await call('/decisions/none', mo, 'DELETE'), 404, 'NOT_FOUND')
  expect((await call(undo, mo, 'DELETE')).status).toBe(204)
  const after = CaseDetail.parse(await (await call(`/cases/${caseId}`, mo)).json())
  expect(after).toMatchObject({
    case: { state: 'open' },
    decisions: [{ undoneAt: expect.any(String) }],
    commands: [{ state: 'cancelled', sequence: null }],
  })
}, 30_000)

test('a lease is one person’s, even when another knows its token', async () => {
  const caseId = await makeCase()
  const [mo, pat] = [await enter('mo'), await enter('pat')]
  const { decision, claimed } = await claimAndShow(caseId, mo)
  const lease = { leaseToken: claimed.leaseToken }
  await expectProblem(await call(`/cases/${caseId}/claim`, pat, 'POST', {}), 409, 'LEASE_LOST')
  await expectProblem(await call(`/cases/${caseId}/decisions`, pat, 'POST', decision), 409, 'LEASE_LOST')
  await expectProblem(await call(`/cases/${caseId}/release`, pat, 'POST', lease), 409, 'LEASE_LOST')
  await expectProblem(await call(`/cases/${caseId}/heartbeat`, pat, 'POST', lease), 409, 'LEASE_LOST')
  expect((await call(`/cases/${caseId}/heartbeat`, mo, 'POST', lease)).status).toBe(200)
  expect((await call(`/cases/${caseId}/release`, mo, 'POST', lease)).status).toBe(204)
}, 30_000)

test('the next case goes to one person, until none waits', async () => {
  await makeCase()
  await makeCase()
  const mo = await enter('mo')
  const answers = await Promise.all(Array.from({ length: 6 }, () => call('/cases/next', mo, 'POST', {})))
  const got = answers.filter(({ status }) => status === 200)
  const ids = await Promise.all(got.map(async (answer) => ClaimView.parse(await answer.json()).caseId))
  expect(ids.length).toBeGreaterThanOrEqual(1)
  for (let left = 10; left > 0; left--) if ((await call('/cases/next', mo, 'POST', {})).status === 204) return
  throw new Error('there was always another case')
}, 30_000)

test('without session, csrf token, role or the right page nothing is done', async () => {
  const caseId = await makeCase()
  const mo = await enter('mo')
  const au = await enter('au')
  const claim = `/cases/${caseId}/claim`
  await expectProblem(await call('/cases'), 401, 'UNAUTHENTICATED')
  await expectProblem(await call(claim, { cookie: mo.cookie }, 'POST', {}), 403, 'CSRF_REJECTED')
  await expectProblem(await call(claim, { ...mo, csrf: au.csrf }, 'POST', {}), 403, 'CSRF_REJECTED')
  await expectProblem(await call(claim, au, 'POST', {}), 403, 'FORBIDDEN')
  expect((await call('/cases', au)).status).toBe(200)
  const headers = { origin: 'http://evil.example', 'content-type': 'application/json' }
  const foreign = await fetch(`${page}/api/v1/session`, { method: 'POST', headers, body: '{}' })
  await expectProblem(foreign, 403, 'CSRF_REJECTED')
  await expectProblem(await call('/cases/none/claim', mo, 'POST', {}), 404, 'NOT_FOUND')
  expect((await call('/session', mo, 'DELETE')).status).toBe(204)
  await expectProblem(await call('/session', mo), 401, 'UNAUTHENTICATED')
}, 30_000)

test('a still is logged before it is shown, a preview is not, another case’s picture is not there', async () => {
  const caseId = await makeCase()
  const mo = await enter('mo')
  const looks = async () =>
    (await database.pool.query('select 1 from access_log where case_id = $1', [caseId])).rowCount
  const shown = await call(`/evidence/${preview}?case=${caseId}`, mo)
  expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
  expect(await looks()).toBe(0)
  const sharp = await call(`/evidence/${still}?case=${caseId}&reason=review`, mo)
  expect(Buffer.from(await sharp.arrayBuffer()).toString()).toBe(still)
  expect(await looks()).toBe(1)
  await expectProblem(await call(`/evidence/${'d'.repeat(64)}?case=${caseId}`, mo), 404, 'NOT_FOUND')
}, 30_000)

test('five wrong passwords lock the account for a while', async () => {
  await addUser(database, { username: 'lo', role: 'moderator', passwordHash: await hashPassword(password) }, by)
  const guess = (word: string) => call('/session', {}, 'POST', { username: 'lo', password: word })
  for (let n = 0; n < 5; n++) await expectProblem(await guess('wrong'), 401, 'UNAUTHENTICATED')
  const locked = await guess(password)
  expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0)
  await expectProblem(locked, 429, 'RATE_LIMITED')
}, 30_000)

test('the page is told of a change', async () => {
  const mo = await enter('mo')
  const answer = await call('/events', mo)
  expect(answer.headers.get('content-type')).toBe('text/event-stream')
  const caseId = await makeCase()
  let text = ''
  for await (const bytes of answer.body ?? []) {
    text += Buffer.from(bytes).toString()
    if (text.includes(caseId)) break
  }
  expect(text).toContain(`data: {"type":"case","caseId":"${caseId}","version":1}`)
}, 10_000)

test('the local operator needs only the token', async () => {
  const ask = (token: string) => fetch(`${page}/api/v1/status`, { headers: { authorization: `Bearer ${token}` } })
  expect(await (await ask(localToken)).json()).toMatchObject({ ok: true, away: [] })
  await expectProblem(await ask('x'.repeat(40)), 401, 'UNAUTHENTICATED')
})

test('nothing but the sign-in, the keys and the description is open to strangers', async () => {
  const { paths } = (await (await call('/openapi.json')).json()) as { paths: Record<string, object> }
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ path, method: method.toUpperCase() })),
  )
  expect(routes.length).toBeGreaterThan(14)
  const open: string[] = []
  for (const { path, method } of routes) {
    const address = path.replace('{sha256}', still).replaceAll(/\{\w+\}/g, 'some-id')
    const answer = await call(address, {}, method, method === 'GET' ? undefined : {})
    if (answer.status !== 401) open.push(`${method} ${path} ${answer.status}`)
    await answer.body?.cancel()
  }
  expect(open).toEqual(['POST /session 400', 'GET /keys 200'])
}, 30_000)

test('an auditor looks and changes nothing: every route that changes something refuses', async () => {
  const au = await enter('au')
  const { paths } = (await (await call('/openapi.json')).json()) as { paths: Record<string, object> }
  const changing = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((method) => method !== 'get' && !path.startsWith('/session'))
      .map((method) => ({ path, method: method.toUpperCase() })),
  )
  expect(changing.length).toBeGreaterThanOrEqual(6)
  for (const { path, method } of changing)
    await expectProblem(await call(path.replaceAll(/\{\w+\}/g, 'some-id'), au, method, {}), 403, 'FORBIDDEN')
}, 30_000)

test('the API describes itself, and every answer carries the headers', async () => {
  const answer = await call('/openapi.json')
  const { paths } = (await answer.json()) as { paths: object }
  expect(Object.keys(paths)).toContain('/cases/{caseId}/decisions')
  expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(await (await call('/keys')).json()).toEqual({ keys: [] })
  expect((await fetch(`${page}/readyz`)).status).toBe(200)
})
