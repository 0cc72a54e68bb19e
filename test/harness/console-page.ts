import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Role, SignalRaised, TextMatch } from '@streamkeeper/contracts'
import {
  addUser,
  changePolicyStream,
  findPolicyStream,
  growCase,
  holdMessage,
  startStream,
  type Database,
} from '@streamkeeper/database'
import { testCardPath } from '@streamkeeper/inference'
import { hashPassword } from '@streamkeeper/runtime'
import { until } from '@streamkeeper/testkit'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { addMedia } from './noted-media.js'
import { startSystem, type System } from './start-system.js'

export const password = 'a long pass phrase'

export interface NewCase {
  readonly streamId: string
  readonly title?: string
  readonly nickname?: string
  readonly severity?: number
  readonly tier?: 'P0' | 'P1' | 'P2' | 'P3'
  readonly viewers?: number
  readonly signals?: readonly Partial<SignalRaised>[]
  readonly withMedia?: boolean
}

export interface HeldAbout {
  readonly matches?: (text: string) => readonly TextMatch[]
  readonly nickname?: string
  readonly fallback?: string
}

/** The console alone, with cases that were put into its database, before a real Chromium. */
export interface ConsolePage {
  readonly system: System
  readonly address: string
  readonly browser: Browser
  makeCase(about: NewCase): Promise<string>
  /** Holds messages `m0`, `m1` … of a stream, one a text, the first of them due first. */
  hold(streamId: string, texts: readonly string[], about?: HeldAbout): Promise<void>
  /** A page of its own browser profile; what it must never do is kept. */
  open(options?: BrowserContextOptions): Promise<OpenedPage>
  stop(): Promise<void>
}

export interface OpenedPage {
  readonly page: Page
  /** Errors of the page, dialogs, violations of the content security policy, requests to elsewhere. */
  readonly mishaps: string[]
  readonly signIn: (username: string) => Promise<void>
}

export async function startConsolePage(users: Readonly<Record<string, Role>>): Promise<ConsolePage> {
  const system = await startSystem({ services: ['console'] })
  const { database } = system
  const passwordHash = await hashPassword(password)
  const by = { actor: 'test', role: 'admin', at: new Date() }
  for (const [username, role] of Object.entries(users)) await addUser(database, { username, role, passwordHash }, by)
  const pictures = await storePictures(system)
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  })
  const line = system.services.get('console')?.lines.find((one) => one.includes('"event":"page"')) ?? '{}'
  const address = (JSON.parse(line) as { page: string }).page
  return {
    system,
    address,
    browser,
    makeCase: (about) => makeCase(system, pictures, about),
    hold: (streamId, texts, about) => hold(database, { streamId, texts, about }),
    open: (options) => openPage(browser, address, options),
    stop: async () => {
      await browser.close()
      await system.stop()
    },
  }
}

async function hold(
  database: Database,
  { streamId, texts, about = {} }: { streamId: string; texts: readonly string[]; about: HeldAbout | undefined },
): Promise<void> {
  const heldAt = Date.now() - 30_000
  for (const [n, text] of texts.entries()) {
    const matches = about.matches?.(text) ?? []
    await holdMessage(database, {
      streamId,
      messageId: `m${n}`,
      accountId: `viewer-${n}`,
      nickname: about.nickname ?? null,
      text,
      matches,
      severity: matches[0]?.severity ?? 0,
      fallback: about.fallback ?? null,
      policy: { name: 'default', version: '1', sha256: 'a'.repeat(64) },
      heldAt: new Date(heldAt + n),
      dueAt: new Date(heldAt + n + 300_000),
      timeoutVerdict: 'block',
    })
  }
}

interface Pictures {
  readonly still: { key: string; sha256: string; size: number }
  readonly preview: { key: string; sha256: string; size: number }
}

async function storePictures({ spool }: System): Promise<Pictures> {
  const store = async (bytes: Buffer) => {
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const key = `evidence/${sha256}.jpg`
    await spool.put(key, bytes, { contentType: 'image/jpeg', ifAbsent: true })
    return { key, sha256, size: bytes.length }
  }
  const card = readFileSync(testCardPath)
  // The preview must be told from the still by its digest; browsers ignore what stands behind a picture.
  return { still: await store(card), preview: await store(Buffer.concat([card, Buffer.from('preview')])) }
}

async function makeCase(system: System, pictures: Pictures, about: NewCase): Promise<string> {
  const { database } = system
  const { streamId, title = 'A stream', nickname = 'Nick', severity = 60, tier = 'P2', viewers = 1_234 } = about
  const startedAt = new Date(Date.now() - 60_000)
  await startStream(database, {
    start: {
      streamId,
      streamer: { accountId: `account-${streamId}`, nickname },
      title,
      class: 'game',
      ingest: { address: '192.0.2.1', port: 1935 },
      startedAt: startedAt.toISOString(),
    },
    origin: { topic: 'live.sessions', partition: 0, offset: BigInt(Date.now()), brokerAt: startedAt.getTime() },
  })
  const known = { accountId: `account-${streamId}`, title, class: 'game' as const, viewers, live: true }
  await changePolicyStream(database, { streamId, ...known })
  if (about.withMedia === true) await addMedia(system, streamId)
  const signals = (about.signals ?? [{}]).map((signal, n) => makeSignal(streamId, n, { pictures, severity, signal }))
  const stream = await findPolicyStream(database, streamId)
  const growth = { stream, signals, severity, tier, priority: severity, deadlineMs: 600_000, now: new Date() }
  const grown = await database.transaction((tx) => growCase(tx, growth))
  if (grown === null) throw new Error('no case grew')
  return grown.case.caseId
}

function makeSignal(
  streamId: string,
  n: number,
  { pictures, severity, signal }: { pictures: Pictures; severity: number; signal: Partial<SignalRaised> },
): SignalRaised {
  return {
    signalId: `${streamId}-${n}`,
    streamId,
    lane: 'picture',
    label: 'TEST_CARD',
    score: 0.93,
    severity,
    source: { name: 'nsfw', version: '1', sha256: 'a'.repeat(64) },
    at: new Date().toISOString(),
    streamTimeMs: 4_000,
    evidence: { ...pictures },
    shadow: false,
    ...signal,
  }
}

async function openPage(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<OpenedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
  const page = await context.newPage()
  const mishaps: string[] = []
  page.on('pageerror', (error) => mishaps.push(`error: ${error.message}`))
  page.on('dialog', (dialog) => {
    mishaps.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(address) && !url.startsWith('blob:')) mishaps.push(`request: ${url}`)
  })
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) mishaps.push(`policy: ${message.text()}`)
  })
  await page.goto(address)
  return {
    page,
    mishaps,
    signIn: async (username) => {
      await page.getByTestId('sign-in-username').fill(username)
      await page.getByTestId('sign-in-password').fill(password)
      await page.keyboard.press('Enter')
      await page.getByTestId('user-menu').waitFor()
    },
  }
}

/** Waits until the clip has played for so many seconds. A string: the page's policy allows no evaluation of its own. */
export async function playsFor(page: Page, seconds: number): Promise<void> {
  const at = () => page.evaluate<number>(`document.querySelector('video')?.currentTime ?? 0`)
  await until(async () => (await at()) > seconds, { what: 'the clip plays', withinMs: 20_000 })
}

/** How many decisions of each action stand. */
export async function countDecisions(database: Database): Promise<Record<string, number>> {
  const { rows } = await database.pool.query<{ action: string; n: number }>(
    'select action, count(*)::int n from decisions where undone_at is null group by action',
  )
  return Object.fromEntries(rows.map(({ action, n }) => [action, n]))
}
