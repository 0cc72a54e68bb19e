import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Role } from '@streamkeeper/contracts'
import { addUser, createSession, openScratchDatabase, type Database } from '@streamkeeper/database'
import { openSpool } from '@streamkeeper/engines'
import { createBullReviewQueue } from '@streamkeeper/queue'
import { createLogger, createMetrics, readConfig, readPolicyFile } from '@streamkeeper/runtime'
import { engines, uniqueName } from '@streamkeeper/testkit'
import { hashToken } from './auth.js'
import { settings } from './config.js'
import type { Deps } from './deps.js'
import { createServer } from './server.js'

export interface TestConsole {
  readonly page: string
  readonly database: Database
  readonly deps: Deps
  /** Makes an account with a session and gives what its browser sends. */
  signIn(username: string, role: Role): Promise<Browser>
  call(path: string, options?: Call): Promise<Response>
  close(): Promise<void>
}

export interface Browser {
  readonly cookie: string
  readonly csrf: string
}

export interface Call {
  readonly method?: string
  readonly browser?: Partial<Browser> | undefined
  readonly origin?: string
  readonly body?: unknown
  readonly signal?: AbortSignal
}

/** The API and the page on a port, before a database of their own and the real Redis. */
export async function openTestConsole(): Promise<TestConsole> {
  const folder = await mkdtemp(join(tmpdir(), 'console-'))
  const opened = await openScratchDatabase(engines().postgres.url)
  const { database } = opened
  const { config } = readConfig(settings, { STREAMKEEPER_OBJECTS_DIR: folder })
  const logger = createLogger({ name: 'console', level: 'error' })
  const queue = createBullReviewQueue({ redisUrl: engines().redis.url, prefix: uniqueName('console'), logger })
  const deps: Deps = {
    database,
    queue,
    logger,
    requestSeconds: createMetrics('console', { processMetrics: false }).histogram('streamkeeper_test', 'Test', {
      labels: ['method', 'route', 'status'],
    }),
    spool: openSpool(config),
    policy: await readPolicyFile(undefined),
    publicKeys: () => Promise.resolve({ keys: [] }),
    archive: 'unlocked',
    localToken: null,
    healthAddress: () => null,
    now: () => new Date(),
  }
  const app = await createServer(deps, () => Promise.resolve())
  const page = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    page,
    database,
    deps,
    signIn: (username, role) => signIn(database, username, role),
    call: (path, options) => call(page, path, options),
    close: async () => {
      await app.close()
      await queue.close()
      await opened.close()
      await rm(folder, { recursive: true })
    },
  }
}

async function signIn(database: Database, username: string, role: Role): Promise<Browser> {
  const now = new Date()
  await addUser(database, { username, role, passwordHash: 'none' }, { actor: 'test', role: 'admin', at: now })
  const browser = { token: `token-of-${username}`, csrf: `csrf-of-${username}` }
  const expiresAt = new Date(now.getTime() + 600_000)
  const row = { tokenHash: hashToken(browser.token), username, csrf: browser.csrf, createdAt: now, lastSeenAt: now }
  await createSession(database, { ...row, expiresAt })
  return { cookie: `streamkeeper_session=${browser.token}`, csrf: browser.csrf }
}

async function call(page: string, path: string, { method = 'GET', browser, origin, body, signal }: Call = {}) {
  const headers = { cookie: browser?.cookie, 'x-csrf-token': browser?.csrf, origin }
  const given = Object.entries(headers).filter((each): each is [string, string] => each[1] !== undefined)
  return fetch(`${page}/api/v1${path}`, {
    method,
    headers: { ...Object.fromEntries(given), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  })
}
