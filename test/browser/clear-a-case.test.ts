import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { CommandIssued } from '@streamkeeper/contracts'
import { createFirstUser, listArchiveObjects } from '@streamkeeper/database'
import { testCardPath } from '@streamkeeper/inference'
import { cutSegments, encodeStillClip } from '@streamkeeper/media'
import type { Subscription } from '@streamkeeper/pipeline'
import { hashPassword, loadPublicJwks } from '@streamkeeper/runtime'
import { engineSet, until } from '@streamkeeper/testkit'
import { chromium, type Browser } from 'playwright-core'
import { freePort } from '../harness/free-port.js'
import { startSystem, type System } from '../harness/start-system.js'
import { obeyCommands } from '../platform/obey.js'

/** The whole way with a person: test card on air, case on the page, two keys, a command obeyed, dark, archived and locked. */
const folder = mkdtempSync(join(tmpdir(), 'streamkeeper-browser-'))
const stream = 'browser-drill'
const password = 'a long pass phrase'
const carriedOut: CommandIssued[] = []
let system: System
let platform: Subscription
let browser: Browser
let page = ''

beforeAll(async () => {
  const port = await freePort()
  page = `http://127.0.0.1:${port}`
  system = await startSystem({
    services: ['ingest', 'screen', 'escalate', 'archive', 'console'],
    env: {
      STREAMKEEPER_CONSOLE_PORT: String(port),
      STREAMKEEPER_WINDOW_MS: '2000',
      STREAMKEEPER_SEAL_AFTER_MS: '1000',
    },
  })
  const { log, env, prefix, database } = system
  await createFirstUser(database, { username: 'admin', role: 'admin', passwordHash: await hashPassword(password) })
  platform = await obeyCommands({
    log,
    topicPrefix: prefix,
    group: `${prefix}platform`,
    keys: () => loadPublicJwks(env['STREAMKEEPER_KEYS_DIR'] ?? ''),
    say: () => undefined,
    carryOut: async (command) => {
      carriedOut.push(command)
      return 'done'
    },
  })
  await encodeStillClip(testCardPath, 4, join(folder, 'card.mp4'))
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}, 120_000)

afterAll(async () => {
  await browser.close()
  await platform.stop()
  await system.stop()
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

test(
  'a person sees the case, cuts with two keys, and sees the stream go dark; what was shown lies locked in the archive',
  () =>
    system.explain(async () => {
      const { events, producer, database, archive } = system
      const tab = await browser.newPage({ viewport: { width: 1280, height: 800 } })
      const failures: string[] = []
      tab.on('pageerror', (error) => failures.push(error.message))
      await tab.goto(page)
      await tab.getByTestId('sign-in-username').fill('admin')
      await tab.getByTestId('sign-in-password').fill(password)
      await tab.getByTestId('sign-in-submit').click()

      // Whether the archive locks is said for as long as it does not.
      await tab.locator('[data-testid="engine-state"][data-ok="true"]').waitFor({ timeout: 15_000 })
      expect(await tab.getByTestId('archive-state').count()).toBe(engineSet() === 'local' ? 1 : 0)

      const segments = await cutSegments(join(folder, 'card.mp4'), join(folder, 'card'), { segmentMs: 2_000 })
      await producer.send(events.account('streamer'), events.started(stream, 'streamer'))
      await producer.send(...segments.map(({ path }, sequence) => events.segment(stream, sequence, readFileSync(path))))

      await tab.getByTestId('case-row').first().waitFor({ timeout: 60_000 })
      await tab.keyboard.press('Enter')
      await tab.locator('[data-testid="claim-state"][data-claim="mine"]').waitFor({ timeout: 15_000 })
      await tab.keyboard.press('5')
      await tab.getByTestId('decision-sheet').waitFor({ timeout: 10_000 })
      await tab.keyboard.press('Enter')
      await until(() => carriedOut.some((command) => command.action === 'cut-stream'), {
        what: 'the cut reaches the platform',
        withinMs: 30_000,
      })
      await tab.locator('[data-testid="case-state"][data-state="dark"]').waitFor({ timeout: 60_000 })
      expect(failures).toEqual([])

      const media = await until(
        async () => (await listArchiveObjects(database, { streamId: stream, limit: 10 }))[0] ?? null,
        { what: 'sealed media', withinMs: 60_000 },
      )
      if (media === null) throw new Error('nothing was archived')
      const kept = await archive.retention(media.objectKey, media.versionId)
      expect(kept?.mode).toBe('COMPLIANCE')
      expect((kept?.until.getTime() ?? 0) - Date.now()).toBeGreaterThan(60 * 24 * 60 * 60 * 1000)
      expect(await archive.remove(media.objectKey, media.versionId)).toEqual({ outcome: 'refused' })
      await tab.screenshot({ path: process.env['STREAMKEEPER_SCREENSHOT'] ?? join(folder, 'dark.png') })
    }),
  240_000,
)
