import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { listArchiveObjects, openDatabase } from '@streamkeeper/database'
import { filmPath } from '@streamkeeper/media'
import { engineSet, until } from '@streamkeeper/testkit'
import { startSecureEngines, type SecureEngines } from '../harness/secure-engines.js'
import { streamkeeper, UpProcess } from '../harness/up-process.js'

/** `up --engines external` against engines that let nobody in without TLS and a password. */
// Certificates are the engines' matter, and one set of secure ones is enough.
const onNative = engineSet() === 'native' ? describe : describe.skip

onNative('engines behind TLS and passwords', () => {
  let engines: SecureEngines
  let env: Record<string, string>
  let up: UpProcess
  let folder: string
  let data: string
  const log: string[] = []

  function start(more: Record<string, string>): UpProcess {
    up = new UpProcess(['--engines', 'external', '--data', data], { ...env, ...more }, log)
    return up
  }

  function run(...args: readonly string[]): Promise<{ code: number | null; out: string }> {
    const one = spawn(process.execPath, [streamkeeper, ...args], {
      env: { ...env, NODE_EXTRA_CA_CERTS: engines.authority },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let out = ''
    one.stdout.on('data', (chunk: Buffer) => (out += String(chunk)))
    return new Promise((resolve) => one.once('close', (code) => resolve({ code, out })))
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'streamkeeper-external-'))
    data = join(folder, 'data')
    engines = await startSecureEngines()
    mkdirSync(join(folder, 'home'))
    const about = {
      PATH: process.env['PATH'] ?? '',
      HOME: join(folder, 'home'),
      STREAMKEEPER_WINDOW_MS: '2000',
      STREAMKEEPER_SEAL_AFTER_MS: '1000',
    }
    env = { ...about, ...engines.env }
  }, 180_000)

  afterAll(async () => {
    await up.stop()
    await engines.stop()
    rmSync(folder, { recursive: true, force: true })
  }, 120_000)

  test('an authority that nobody has vouched for is not trusted', async () => {
    await expect(start({}).ready).rejects.toThrow(/ended with 1:\n[^]*(certificate|self-signed)/)
  }, 60_000)

  test('with its certificate the whole way works: a film in, locked in the archive', async () => {
    expect(await start({ NODE_EXTRA_CA_CERTS: engines.authority }).ready).toMatchObject({ event: 'ready' })
    const published = await run('publish', fileURLToPath(filmPath), '--stream', 'film', '--json')
    expect(published.code).toBe(0)
    const database = openDatabase({ url: engines.databaseUrl.replace('verify-full', 'no-verify'), poolSize: 1 })
    try {
      await until(async () => (await listArchiveObjects(database, { streamId: 'film', limit: 10 })).length > 0, {
        what: 'the film is archived',
        withinMs: 90_000,
      })
      const { rows } = await database.pool.query<{ ssl: boolean }>(
        `select distinct s.ssl from pg_stat_ssl s join pg_stat_activity a using (pid) where a.usename = 'streamkeeper'`,
      )
      expect(rows).toEqual([{ ssl: true }])
    } finally {
      await database.close()
    }
    const status = await run('status', '--json')
    expect([status.code, JSON.parse(status.out)]).toEqual([0, expect.objectContaining({ ok: true })])
  }, 180_000)

  test('no password stands in the log or in the ready line', () => {
    const secrets = ['STREAMKEEPER_KAFKA_SASL_PASSWORD', 'AWS_SECRET_ACCESS_KEY'].map((name) => engines.env[name] ?? '')
    const passwords = ['STREAMKEEPER_REDIS_URL', 'STREAMKEEPER_DATABASE_URL'].map(
      (name) => new URL(engines.env[name] ?? '').password,
    )
    for (const secret of [...secrets, ...passwords]) {
      expect(secret).not.toBe('')
      expect(log.filter((line) => line.includes(secret))).toEqual([])
    }
    expect(JSON.parse(readFileSync(join(data, 'run.json'), 'utf8'))).toHaveProperty('token')
  })
})
