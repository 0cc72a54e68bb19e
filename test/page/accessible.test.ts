import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { raiseAlarm } from '@streamkeeper/database'
import axeCore from 'axe-core'
import type { Page } from 'playwright-core'
import { playsFor, startConsolePage, type ConsolePage, type OpenedPage } from '../harness/console-page.js'

/** Every state of the page, in both languages and themes, against the rules of axe for WCAG 2.2 AA. */
const axe = axeCore.source
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
/** Where to write a picture of each state; not set: none is made. */
const shots = process.env['STREAMKEEPER_SHOTS']
let console: ConsolePage

beforeAll(async () => {
  console = await startConsolePage({ le: 'lead' })
}, 90_000)
afterAll(() => console.stop(), 60_000)

interface Finding {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
}

async function findViolations(page: Page): Promise<string[]> {
  // Evaluated by the debugger, which the content security policy of the page does not bind.
  await page.evaluate(axe)
  const found = await page.evaluate<{ violations: Finding[] }>(
    `axe.run(${JSON.stringify({ runOnly: { type: 'tag', values: tags } })}).then(({ violations }) => ({ violations }))`,
  )
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 120)} ${failureSummary ?? ''}`),
  )
}

async function openCase({ page, signIn }: OpenedPage): Promise<void> {
  await signIn('le')
  await page.getByTestId('case').waitFor()
}

async function openHeld({ page, signIn }: OpenedPage): Promise<void> {
  await signIn('le')
  await page.keyboard.press('g')
  await page.getByTestId('held-row').first().waitFor()
}

async function claimCase(opened: OpenedPage): Promise<void> {
  await openCase(opened)
  await opened.page.keyboard.press('Enter')
  await opened.page.locator('[data-claim="mine"]').waitFor()
}

const states: Readonly<Record<string, (opened: OpenedPage) => Promise<void>>> = {
  'sign-in': async ({ page }) => page.getByTestId('sign-in').waitFor(),
  'sign-in-wrong': async ({ page }) => {
    await page.getByTestId('sign-in-username').fill('le')
    await page.getByTestId('sign-in-password').fill('wrong')
    await page.keyboard.press('Enter')
    await page.getByTestId('sign-in-error').waitFor()
  },
  loading: async ({ page, signIn }) => {
    await page.route('**/api/v1/cases/case-*', () => new Promise(() => undefined))
    await signIn('le')
    await page.locator('.sk').first().waitFor()
  },
  review: openCase,
  claimed: claimCase,
  clip: async (opened) => {
    const { page } = opened
    await openCase(opened)
    await page.keyboard.press('c')
    await playsFor(page, 0)
  },
  sheet: async (opened) => {
    const { page } = opened
    await claimCase(opened)
    await page.keyboard.press('5')
    await page.getByTestId('decision-sheet').waitFor()
  },
  help: async (opened) => {
    const { page } = opened
    await openCase(opened)
    await page.keyboard.press('?')
    await page.getByTestId('help-dialog').waitFor()
  },
  held: async (opened) => {
    await openHeld(opened)
    for (const key of ['x', 'j', 'j', 'Shift+X']) await opened.page.keyboard.press(key)
  },
  'held-help': async (opened) => {
    await openHeld(opened)
    await opened.page.keyboard.press('?')
    await opened.page.getByTestId('help-dialog').waitFor()
  },
  'held-loading': async ({ page, signIn }) => {
    await page.route('**/api/v1/held?*limit=100*', () => new Promise(() => undefined))
    await signIn('le')
    await page.keyboard.press('g')
    await page.locator('.held .sk').first().waitFor()
  },
  'held-empty': async ({ page, signIn }) => {
    const none = { messages: [], waiting: 0, streams: [], next: null, at: new Date().toISOString() }
    await page.route('**/api/v1/held?*', (route) => route.fulfill({ json: none }))
    await signIn('le')
    await page.keyboard.press('g')
    await page.getByTestId('held-empty').waitFor()
  },
  'held-error': async ({ page, signIn }) => {
    await page.route('**/api/v1/held?*', (route) => route.fulfill({ status: 500, json: { code: 'UNKNOWN_FAILURE' } }))
    await signIn('le')
    await page.keyboard.press('g')
    await page.getByTestId('error-state').waitFor()
  },
  'held-engine-away': async (opened) => {
    const { page } = opened
    const away = { ok: false, away: ['postgres'], archive: 'unlocked', at: new Date().toISOString() }
    await page.route('**/api/v1/status', (route) => route.fulfill({ json: away }))
    await page.route('**/api/v1/events', (route) => route.abort())
    await openHeld(opened)
    await page.route('**/api/v1/held/decisions', (route) =>
      route.fulfill({ status: 503, json: { code: 'ENGINE_AWAY' } }),
    )
    await page.keyboard.press('b')
    await page.getByTestId('toast').waitFor()
  },
  alarms: async ({ page, signIn }) => {
    await signIn('le')
    await page.keyboard.press('a')
    await page.getByTestId('alarm').first().waitFor()
  },
  'engine-away': async ({ page, signIn }) => {
    const away = { ok: false, away: ['redis', 's3'], archive: 'unlocked', at: new Date().toISOString() }
    await page.route('**/api/v1/status', (route) => route.fulfill({ json: away }))
    await page.route('**/api/v1/events', (route) => route.abort())
    await signIn('le')
    await page.locator('[data-testid="engine-banner"]').waitFor()
  },
  error: async ({ page, signIn }) => {
    await page.route('**/api/v1/cases/case-*', (route) =>
      route.fulfill({ status: 500, json: { code: 'UNKNOWN_FAILURE' } }),
    )
    await signIn('le')
    await page.getByTestId('error-state').waitFor()
  },
  empty: async ({ page, signIn }) => {
    await page.route('**/api/v1/cases?*', (route) =>
      route.fulfill({ json: { cases: [], waiting: 0, at: new Date().toISOString() } }),
    )
    await signIn('le')
    await page.getByTestId('queue-empty').waitFor()
  },
}

const looks = [
  ['en', 'dark'],
  ['zh', 'light'],
] as const

test(
  'no state of the page breaks a rule, in either language or theme',
  () =>
    console.system.explain(async () => {
      await fill()
      const wrong = await Promise.all(looks.map(([language, theme]) => inspect(language, theme)))
      expect(wrong.flat()).toEqual([])
    }),
  300_000,
)

/** Goes through all states in one look. */
async function inspect(language: string, theme: string): Promise<string[]> {
  const wrong: string[] = []
  for (const [name, enter] of Object.entries(states)) {
    const opened = await console.open({ storageState: remembered(language, theme) })
    await enter(opened)
    for (const violation of await findViolations(opened.page)) wrong.push(`${name} ${language} ${theme}: ${violation}`)
    if (shots !== undefined) await shoot(opened.page, `${name}-${language}-${theme}`)
    await opened.page.context().close()
  }
  return wrong
}

async function fill(): Promise<void> {
  const { database } = console.system
  const chat = { lane: 'chat' as const, label: 'FRAUD' as const }
  const evidence = (text: string) => ({
    text,
    accountId: 'viewer-7',
    matches: [
      { entry: 'kite', category: 'FRAUD', severity: 90, start: 0, end: 4, matched: text.slice(0, 4), via: ['case'] },
    ],
  })
  await console.makeCase({
    streamId: 'open-1',
    title: 'Evening market, part two',
    nickname: '晚风小卖部',
    severity: 95,
    tier: 'P0',
    withMedia: true,
    signals: [{}, { ...chat, evidence: evidence('kite group, add me') }, { ...chat, evidence: evidence('KITE 加群') }],
  })
  for (const [n, tier] of (['P1', 'P2', 'P3'] as const).entries())
    await console.makeCase({ streamId: `more-${n}`, title: `Stream ${n}`, tier, severity: 80 - 20 * n })
  await console.hold(
    'open-1',
    ['今晚加 Ｖ Ｘ 进 羣，懂的来', 'join the b1ue_kite group now, last places', 'ｋｉｔｅ'],
    {
      nickname: '路过的人',
      matches: (text) => {
        const start = Math.max(0, text.search(/[Ｖbｋ]/u))
        const found = { entry: 'blue kite', matched: text.slice(start, start + 9), via: ['width', 'separator'] }
        return [{ ...found, category: 'FRAUD', severity: 55, start, end: Math.min(text.length, start + 9) }]
      },
    },
  )
  await console.hold(
    'more-0',
    Array.from({ length: 9 }, (_, n) => `a message that nobody judged, ${n}`.repeat(n + 1)),
    {
      fallback: 'filter-failed',
    },
  )
  const alarm = { streamId: 'open-1', caseId: null, message: 'nothing of this live stream was looked at for 30 s' }
  await raiseAlarm(database, { kind: 'stream-unscreened', subject: 'open-1', ...alarm }, new Date())
}

function remembered(language: string, theme: string) {
  const localStorage = Object.entries({ language, theme }).map(([name, value]) => ({
    name: `streamkeeper.${name}`,
    value,
  }))
  return { cookies: [], origins: [{ origin: console.address, localStorage }] }
}

async function shoot(page: Page, name: string): Promise<void> {
  for (const [width, height] of [
    [1280, 800],
    [1920, 1080],
  ] as const) {
    await page.setViewportSize({ width, height })
    await page.screenshot({ path: join(shots ?? '', `${name}-${width}.png`) })
  }
}
