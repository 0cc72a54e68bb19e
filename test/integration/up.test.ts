import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { CaseDetail, ClaimView } from '@streamkeeper/contracts'
import { engineSet, repositoryRoot, until } from '@streamkeeper/testkit'
import { streamkeeper, UpProcess } from '../harness/up-process.js'

/** `up` with engines that it starts itself, from nothing to a decision that outlives a stop; on this run's set. */
const folder = mkdtempSync(join(tmpdir(), 'streamkeeper-up-'))
const data = join(folder, 'data')
const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', XDG_STATE_HOME: join(folder, 'state') }
const log: string[] = []
let up: UpProcess
let ready: Record<string, unknown>

async function start(...more: readonly string[]): Promise<void> {
  up = new UpProcess(['--engines', engineSet(), '--data', data, ...more], env, log)
  ready = await up.ready
}

function run(...args: readonly string[]): { code: number | null; lines: Record<string, unknown>[]; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [streamkeeper, ...args], { env, encoding: 'utf8' })
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'))
  return { code: status, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>), err: stderr }
}

interface RunFile {
  readonly console: string
  readonly token: string
  readonly services: Record<string, string>
}

const runFile = (): RunFile => JSON.parse(readFileSync(join(data, 'run.json'), 'utf8')) as RunFile

/** As a person of the first account. */
async function signIn(): Promise<Record<string, string>> {
  const [username, password] = readFileSync(join(data, 'first-sign-in.txt'), 'utf8').trim().split('\n')
  const answer = await fetch(`${runFile().console}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  })
  const { csrf } = (await answer.json()) as { csrf: string }
  return { cookie: (answer.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '', 'x-csrf-token': csrf }
}

async function call(headers: Record<string, string>, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${runFile().console}/api/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  expect([path, answer.status]).toEqual([path, 200])
  return answer.json()
}

beforeAll(async () => {
  // PostgreSQL runs as another user than root and must reach its cluster in here.
  mkdirSync(data)
  for (const path of [folder, data]) chmodSync(path, 0o755)
  await start('--demo')
}, 180_000)

afterAll(async () => {
  await up.stop()
  spawnSync(process.execPath, [join(repositoryRoot(), 'infra/native/dist/main.js'), 'forget', '--data', data])
  rmSync(folder, { recursive: true, force: true })
}, 90_000)

let caseId = ''

test('where no sandbox can be had it says what to do, and starts nothing', () => {
  const elsewhere = join(folder, 'elsewhere')
  const words = [streamkeeper, 'up', '--engines', engineSet(), '--data', elsewhere]
  // Neither bubblewrap nor prlimit is found there.
  const { status, stderr } = spawnSync(process.execPath, words, { env: { ...env, PATH: folder }, encoding: 'utf8' })
  expect([status, stderr]).toEqual([64, expect.stringContaining('STREAMKEEPER_UNSANDBOXED=i-accept-the-risk')])
  expect(existsSync(elsewhere)).toBe(false)
}, 60_000)

test('the case of the test card is there within two minutes', async () => {
  expect(ready).toMatchObject({ event: 'ready', engines: { set: engineSet() }, signIn: { username: 'admin' } })
  const found = await until(
    () => run('cases', 'list', '--json').lines.find((one) => String(one['streamId']).startsWith('demo-drill-')),
    { what: 'the case of the drill', withinMs: 120_000, everyMs: 1_000 },
  )
  expect(found).toMatchObject({ tier: 'P0', labels: expect.arrayContaining(['TEST_CARD']) })
  caseId = String(found?.['caseId'])
}, 150_000)

test('a second `up` on the folder is refused, and so are engines of another set', () => {
  const second = run('up', '--engines', engineSet(), '--data', data)
  expect([second.code, second.err]).toEqual([64, expect.stringMatching(/already \(process \d+\)/)])
})

test('the page says of a folder that it has no legal force, and nothing of a store that locks', async () => {
  const archive = engineSet() === 'local' ? 'unlocked' : 'locked'
  expect(await call(await signIn(), '/status')).toMatchObject({ archive })
  expect(log.some((line) => line.includes('no legal force'))).toBe(engineSet() === 'local')
})

test('an engine and a service that are killed are started again, and every command finds them', async () => {
  const { pid } = JSON.parse(readFileSync(join(data, 'native/redis.pid'), 'utf8')) as { pid: number }
  process.kill(pid, 'SIGKILL')
  const before = runFile().services['ingest']
  const ingest = log.findLast((line) => line.includes('ingest') && line.includes('started'))
  expect(ingest).toBeDefined()
  spawnSync('pkill', ['-KILL', '-P', String(up.child.pid), '-f', 'services/ingest/dist/main.js'])
  await until(() => runFile().services['ingest'] !== before, { what: 'ingest is elsewhere', withinMs: 60_000 })
  await until(() => run('status', '--json').lines[0]?.['ok'] === true, {
    what: 'all are well again',
    withinMs: 60_000,
    everyMs: 1_000,
  })
}, 150_000)

test('a decision outlives Ctrl-C: a second start goes on with the data', async () => {
  const person = await signIn()
  const { leaseToken } = ClaimView.parse(await call(person, `/cases/${caseId}/claim`, {}))
  const detail = CaseDetail.parse(await call(person, `/cases/${caseId}`))
  await call(person, `/cases/${caseId}/decisions`, {
    action: 'cut-stream',
    label: 'TEST_CARD',
    textForStreamer: 'A drill.',
    seenThroughSeq: detail.signals[0]?.seq ?? 0,
    expectedVersion: detail.case.version,
    leaseToken,
    idempotencyKey: 'up-test-1',
  })
  expect(await up.stop()).toBe(0)
  expect(existsSync(join(data, 'run.json'))).toBe(false)
  const other = engineSet() === 'local' ? 'native' : 'local'
  expect(run('up', '--engines', other, '--data', data)).toMatchObject({
    code: 64,
    err: expect.stringMatching(/--fresh/),
  })
  await start()
  expect(ready).not.toHaveProperty('signIn')
  const after = run('cases', 'show', caseId, '--json').lines[0] as { decisions: { action: string }[] }
  expect(after.decisions.map(({ action }) => action)).toContain('cut-stream')
}, 180_000)

test('--fresh forgets it all, but nothing that is not ours', async () => {
  expect(await up.stop()).toBe(0)
  mkdirSync(join(data, 'holiday-pictures'))
  expect(run('up', '--engines', engineSet(), '--data', data, '--fresh')).toMatchObject({
    code: 64,
    err: expect.stringContaining('holiday-pictures'),
  })
  rmSync(join(data, 'holiday-pictures'), { recursive: true })
  await start('--fresh')
  expect(ready).toMatchObject({ signIn: { username: 'admin' } })
  expect(run('cases', 'list', '--state', 'all', '--json').lines).toEqual([])
}, 180_000)
