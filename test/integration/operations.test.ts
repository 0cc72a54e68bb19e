import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json, text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { EncodedRecord } from '@streamkeeper/contracts'
import { until } from '@streamkeeper/testkit'
import { startSystem, type System } from '../harness/start-system.js'
import { streamkeeper } from '../harness/up-process.js'

/** What an operator does at three in the morning, by the command line: accounts, alarms, dead letters, keys. Nobody screens here. */
const folder = mkdtempSync(join(tmpdir(), 'streamkeeper-operations-'))
const token = 't'.repeat(40)
let system: System
let server: Server
const posted: Record<string, unknown>[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    void json(request).then((body) => {
      posted.push(body as Record<string, unknown>)
      response.end()
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const policy = join(folder, 'policy.yaml')
  writeFileSync(policy, `${quickPolicy}\n`)
  system = await startSystem({
    services: ['ingest', 'escalate', 'console'],
    env: {
      STREAMKEEPER_LOCAL_TOKEN: token,
      STREAMKEEPER_POLICY: policy,
      STREAMKEEPER_ALARM_URL: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`,
    },
  })
  const line = system.services.get('console')?.lines.find((one) => one.includes('"event":"page"')) ?? '{}'
  const run = {
    pid: process.pid,
    startedAt: new Date().toISOString(),
    dataDir: folder,
    console: (JSON.parse(line) as { page: string }).page,
    token,
    env: system.env,
    services: {},
  }
  writeFileSync(join(folder, 'run.json'), JSON.stringify(run))
}, 90_000)

afterAll(async () => {
  await system.stop()
  server.close()
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

const quickPolicy = `
name: quick
version: '1'
rules:
  - { id: card, label: TEST_CARD, lanes: [hash], minScore: 0.5, hits: 1, windowMs: 60000, cooldownMs: 60000, severity: 95, deadlineMs: 60000, textForStreamer: A drill. }
sampling: {}
chat: {}
admission: { requireVerifiedRealName: true, licensedClasses: [] }
commands: {}
dark: {}
alarms: { unscreenedMs: 5000 }
`

async function run(args: readonly string[], input = ''): Promise<{ code: number | null; out: Buffer; err: string }> {
  const child = spawn(process.execPath, [streamkeeper, ...args, '--data', folder], {
    env: { PATH: process.env['PATH'] },
  })
  child.stdin.end(input)
  const parts: Buffer[] = []
  child.stdout.on('data', (part: Buffer) => parts.push(part))
  const [err, code] = await Promise.all([
    text(child.stderr),
    new Promise<number | null>((done) => child.once('close', done)),
  ])
  return { code, out: Buffer.concat(parts), err }
}

async function ask(...args: string[]): Promise<Record<string, unknown>[]> {
  const { out } = await run([...args, '--json'])
  return out
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

async function keyIds(): Promise<string[]> {
  const [jwks] = await ask('keys')
  return ((jwks?.['keys'] ?? []) as { kid: string }[]).map(({ kid }) => kid)
}

test(
  'a live stream that nobody screens, and a signing key that is lost, call the leads until they are over',
  () =>
    system.explain(async () => {
      const { events, producer, env } = system
      await producer.send(events.account('streamer'), events.started('unseen', 'streamer'))
      const hears = (event: string, subject: string) =>
        until(() => posted.find((one) => one['event'] === event && one['subject'] === subject), {
          what: `${event} ${subject}`,
          withinMs: 30_000,
        })
      expect(await hears('raised', 'unseen')).toMatchObject({ kind: 'stream-unscreened', streamId: 'unseen' })
      const { code, out } = await run(['alarms', 'list'])
      expect([code, out.toString()]).toEqual([2, expect.stringMatching(/OPEN {2}stream-unscreened {2}unseen/)])
      const [alarm] = await ask('alarms', 'list')
      expect(await ask('alarms', 'take', String(alarm?.['alarmId']))).toEqual([
        expect.objectContaining({ takenBy: 'local' }),
      ])
      expect((await run(['alarms', 'list'])).code).toBe(0)
      await producer.send(events.ended('unseen'))
      await hears('ended', 'unseen')
      const [kid = ''] = await keyIds()
      rmSync(join(env['STREAMKEEPER_KEYS_DIR'] ?? '', 'commands-0001.pem'))
      await hears('raised', kid)
      expect((await run(['keys', 'retire', kid])).code).toBe(0)
      await hears('ended', kid)
    }),
  120_000,
)

test(
  'a key is rotated while it runs; the old one is retired, the one that signs is not',
  () =>
    system.explain(async () => {
      const made = (await ask('keys', 'rotate'))[0]?.['keyId']
      const before = await keyIds()
      expect(before).toContain(made)
      await until(
        async () =>
          (await system.database.pool.query('select 1 from signing_keys where key_id = $1', [made])).rowCount === 1,
        { what: 'the new key signs', withinMs: 15_000 },
      )
      const again = await run(['keys', 'retire', String(made)])
      expect([again.code, again.err]).toEqual([1, expect.stringContaining('rotate first')])
      expect((await run(['keys', 'retire', 'no-such-key'])).code).toBe(64)
      expect(readdirSync(system.env['STREAMKEEPER_KEYS_DIR'] ?? '')).toHaveLength(before.length)
    }),
  60_000,
)

test(
  'what was rejected is listed with its reason, shown byte for byte, and published again once the reason is gone',
  () =>
    system.explain(async () => {
      const { events, producer, recorder } = system
      const early = events.chat('late-start', 'm1', 'hello')
      const broken: EncodedRecord = { ...early.record, key: 'odd', value: Buffer.from('no \xff json', 'latin1') }
      await system.log.publish([broken])
      await producer.send(early)
      const [letter] = await until(
        async () => {
          const found = await ask('dlq', 'list', '--code', 'STREAM_UNKNOWN')
          return found.length > 0 ? found : null
        },
        { what: 'the chat is rejected', withinMs: 40_000, everyMs: 500 },
      ).then((found) => found ?? [])
      expect(letter).toMatchObject({ key: 'late-start', stage: expect.any(String), topic: `${system.prefix}live.chat` })
      const [odd] = await ask('dlq', 'list', '--code', 'INVALID_JSON')
      const raw = await run(['dlq', 'show', String(odd?.['id']), '--raw'])
      expect(raw.out.equals(broken.value ?? Buffer.alloc(0))).toBe(true)

      await producer.send(events.account('starter'), events.started('late-start', 'starter'))
      const dry = await run(['dlq', 'replay', '--code', 'STREAM_UNKNOWN', '--dry-run', '--json'])
      expect(dry.out.toString()).toContain('"published":1,"refused":0,"dryRun":true')
      expect((await run(['dlq', 'replay', String(letter?.['id'])])).code).toBe(0)
      await until(() => recorder.on('moderation.chat').some(({ subject }) => subject === 'late-start'), {
        what: 'the chat is accepted',
        withinMs: 30_000,
      })
      const noted = await system.database.pool.query<{ what: string }>(
        `select what from access_log where actor = 'local' and what like 'dlq %' order by id`,
      )
      expect(noted.rows.map(({ what }) => what)).toEqual([
        `dlq show ${String(odd?.['id'])}`,
        `dlq replay ${String(letter?.['id'])}`,
      ])
      const again = await run(['dlq', 'replay', '--code', 'INVALID_JSON', '--topic', 'no.such.topic'])
      expect([again.code, again.out.toString()]).toEqual([2, expect.stringContaining('0 published')])
      expect((await run(['dlq', 'replay'])).code).toBe(64)
    }),
  120_000,
)

test('accounts: made with a password that is shown once, changed, signed out', async () => {
  const [made] = await ask('users', 'add', 'mo', '--role', 'moderator')
  expect(made).toMatchObject({ username: 'mo', role: 'moderator', password: expect.stringMatching(/^[\w-]{20}$/) })
  const given = await run(['users', 'add', 'le', '--role', 'lead', '--password-stdin'], 'a long pass phrase of mine\n')
  expect([given.code, given.out.toString()]).toEqual([0, expect.not.stringContaining('phrase')])
  expect((await ask('users', 'set', 'le', '--role', 'auditor', '--disable'))[0]).toMatchObject({
    role: 'auditor',
    disabled: true,
  })
  expect((await run(['users', 'sign-out', 'mo'])).code).toBe(0)
  expect((await ask('users', 'list')).map(({ username, disabled }) => [username, disabled])).toEqual([
    ['le', true],
    ['mo', false],
  ])
  expect((await run(['users', 'add', 'x', '--role', 'king'])).code).toBe(64)
  expect(await run(['users', 'set', 'nobody', '--disable'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('NOT_FOUND'),
  })
}, 60_000)
