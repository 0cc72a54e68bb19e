import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createScratchDatabase, listArchiveObjects, listCoverage, openDatabase } from '@streamkeeper/database'
import { testCardPath } from '@streamkeeper/inference'
import { encodeStillClip, filmPath } from '@streamkeeper/media'
import { engineEnvironment, engines, engineSet, uniqueName, until } from '@streamkeeper/testkit'
import { streamkeeper, UpProcess } from '../harness/up-process.js'

/** The command line against a whole system that it started itself, on the engines of this run's set, named by the environment. */
const folder = mkdtempSync(join(tmpdir(), 'streamkeeper-cli-'))
const data = join(folder, 'data')
const name = uniqueName('cli')
let env: Record<string, string>
let scratch: Awaited<ReturnType<typeof createScratchDatabase>>
let up: UpProcess

function startUp(): UpProcess {
  return new UpProcess(['--engines', 'external', '--data', data], env)
}

function run(args: readonly string[], input = ''): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [streamkeeper, ...args], {
    env,
    input,
    encoding: 'utf8',
  })
  return { code: status, out: stdout, err: stderr }
}

function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

beforeAll(async () => {
  scratch = await createScratchDatabase(engines().postgres.url)
  mkdirSync(join(folder, 'home'))
  env = {
    PATH: process.env['PATH'] ?? '',
    HOME: join(folder, 'home'),
    ...engineEnvironment(engineSet(), { name, databaseUrl: scratch.url, folder }),
    STREAMKEEPER_TOPIC_PREFIX: `${name}.`,
    STREAMKEEPER_HEALTH_PORT: '0',
    STREAMKEEPER_WINDOW_MS: '2000',
    STREAMKEEPER_SEAL_AFTER_MS: '1000',
  }
  up = startUp()
}, 60_000)

afterAll(async () => {
  up.child.kill('SIGTERM')
  await up.ended
  await scratch.drop()
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

describe('a system that `up` started', () => {
  test('says that it is ready, where, and who may sign in; no secret of an engine', async () => {
    const ready = await up.ready
    expect(ready).toMatchObject({ event: 'ready', console: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) })
    expect(ready['engines']).toMatchObject({
      set: 'external',
      ...(engineSet() === 'native'
        ? { kafka: env['STREAMKEEPER_KAFKA_BROKERS'] }
        : { objects: env['STREAMKEEPER_OBJECTS_DIR'] }),
    })
    expect(ready['signIn']).toMatchObject({ username: 'admin' })
    expect(JSON.stringify(ready['engines'])).not.toContain('@')
  }, 90_000)

  test('status: every service ready, every engine answers, the lag of every group', () => {
    const { code, out } = run(['status', '--json'])
    const [status] = jsonLines(out)
    expect(status).toMatchObject({
      ok: true,
      openCases: 0,
      engines: { 'event log': true, postgres: true, redis: true },
    })
    expect(Object.keys(status?.['services'] ?? {}).toSorted()).toEqual([
      'archive',
      'console',
      'escalate',
      'ingest',
      'screen',
    ])
    expect(code).toBe(0)
  })

  test('the page itself, its API description and its health lie on one port', async () => {
    const page = String((await up.ready)['console'])
    const ask = async (path: string): Promise<[number, string]> => {
      const answer = await fetch(new URL(path, page))
      return [answer.status, await answer.text()]
    }
    expect(await ask('/')).toEqual([200, expect.stringContaining('<title>Streamkeeper</title>')])
    expect(await ask('/readyz')).toEqual([200, expect.stringContaining('"postgres"')])
    expect(await ask('/healthz')).toEqual([200, expect.stringContaining('console')])
    expect(await ask('/metrics')).toEqual([200, expect.stringContaining('streamkeeper_')])
    expect(await ask('/api/v1/openapi.json')).toEqual([200, expect.stringContaining('"openapi"')])
  })

  test('a second `up` on the same data is refused', () => {
    const { code, err } = run(['up', '--engines', 'external', '--data', data])
    expect([code, err]).toEqual([64, expect.stringContaining('already')])
  })

  test('publish: the film is watched and archived', async () => {
    const { code, out, err } = run([
      'publish',
      fileURLToPath(filmPath),
      '--stream',
      'film',
      '--title',
      'A film',
      '--json',
    ])
    expect([code, err]).toEqual([0, expect.stringContaining('cutting')])
    const lines = jsonLines(out)
    const summary = lines.at(-1)
    expect(summary).toMatchObject({ event: 'published', streamId: 'film', segments: lines.length - 1 })
    const length = Number(summary?.['durationMs'])
    expect(length).toBeGreaterThan(4_000)
    const database = openDatabase({ url: scratch.url, poolSize: 2 })
    try {
      await until(async () => (await lookedAt(database, 'film')) === length, {
        what: 'all of the film was looked at',
        withinMs: 60_000,
      })
      await until(async () => (await listArchiveObjects(database, { streamId: 'film', limit: 10 })).length > 0, {
        what: 'the film is archived',
        withinMs: 60_000,
      })
    } finally {
      await database.close()
    }
  }, 150_000)

  test('publish with chat: the test card and three words open cases that the list and the detail show', async () => {
    const card = join(folder, 'card.mp4')
    await encodeStillClip(testCardPath, 4, card)
    const chat = join(folder, 'chat.jsonl')
    writeFileSync(chat, [0, 1, 2, 3].map((n) => `{"streamTimeMs":${n * 900},"text":"blue kite ${n}"}\n`).join(''))
    const { code, out } = run(['publish', card, '--stream', 'card', '--chat', chat, '--json'])
    expect([code, jsonLines(out).at(-1)]).toEqual([0, expect.objectContaining({ messages: 4 })])
    const found = await until(
      () =>
        jsonLines(run(['cases', 'list', '--json']).out).find((one) =>
          ['TEST_CARD', 'FRAUD'].every((label) => String(one['labels']).includes(label)),
        ),
      { what: 'a case with both hits', withinMs: 60_000, everyMs: 500 },
    )
    expect(found).toMatchObject({ streamId: 'card', tier: 'P0', state: 'open', labels: ['TEST_CARD', 'FRAUD'] })
    const shown = run(['cases', 'show', String(found?.['caseId'])])
    expect([shown.code, shown.out]).toEqual([0, expect.stringMatching(/blur-picture/)])
  }, 120_000)

  test('keys and text scan', () => {
    expect(jsonLines(run(['keys', '--json']).out)[0]).toMatchObject({ keys: [{ kty: 'OKP', crv: 'Ed25519' }] })
    const { code, out } = run(['text', 'scan'], '{"id":"1","text":"ＢＬＵＥ kite"}\nnonsense\n')
    expect([code, jsonLines(out)]).toEqual([
      0,
      [
        expect.objectContaining({ id: '1', verdict: 'block' }),
        expect.objectContaining({ line: 2, error: expect.objectContaining({ code: 'INVALID_JSON' }) }),
      ],
    ])
  })

  test('a page that nobody wrote is a usage error that names the remedy', () => {
    expect(run(['status', '--data', join(folder, 'nowhere')])).toMatchObject({
      code: 64,
      err: expect.stringContaining('streamkeeper up'),
    })
  })

  test('a supervisor that is killed leaves no service behind', async () => {
    const services = await addresses()
    expect(services).toHaveLength(5)
    up.child.kill('SIGKILL')
    await up.ended
    await until(async () => (await Promise.all(services.map(answers))).every((isUp) => !isUp), {
      what: 'the services end',
      withinMs: 40_000,
    })
    up = startUp()
    await up.ready
  }, 120_000)

  test('SIGINT ends all in order; a second start goes on with the data', async () => {
    const services = await addresses()
    up.child.kill('SIGINT')
    up.child.kill('SIGINT')
    expect(await up.ended).toBe(0)
    expect(await Promise.all(services.map(answers))).toEqual(services.map(() => false))
    expect(existsSync(join(data, 'run.json'))).toBe(false)
    up = startUp()
    expect(await up.ready).not.toHaveProperty('signIn')
    expect(jsonLines(run(['cases', 'list', '--json']).out).map((one) => one['streamId'])).toContain('card')
    expect(readFileSync(join(data, 'first-sign-in.txt'), 'utf8')).toMatch(/^admin\n/)
  }, 120_000)
})

/** Health addresses of the running services. */
async function addresses(): Promise<string[]> {
  const { services } = JSON.parse(await readFile(join(data, 'run.json'), 'utf8')) as {
    services: Record<string, string>
  }
  return Object.values(services)
}

function answers(address: string): Promise<boolean> {
  return fetch(new URL('/healthz', address)).then(
    () => true,
    () => false,
  )
}

/** Milliseconds of the stream that were looked at. */
async function lookedAt(database: ReturnType<typeof openDatabase>, streamId: string): Promise<number> {
  const stretches = await listCoverage(database, streamId)
  return stretches.filter((one) => one.state === 'looked').reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)
}
