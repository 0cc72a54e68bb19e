import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { decideHeld } from '@streamkeeper/database'
import { until } from '@streamkeeper/testkit'
import type { Page } from 'playwright-core'
import { startConsolePage, type ConsolePage } from '../harness/console-page.js'
import { hostileWords } from './_hostile-words.js'

/** The lane of held messages, by the keys and by the mouse. */
let console: ConsolePage

beforeAll(async () => {
  console = await startConsolePage({ mo: 'moderator', au: 'auditor' })
}, 90_000)
afterAll(() => console.stop(), 60_000)
afterEach(() => console.system.database.pool.query('truncate held_messages'))

const texts = (count: number) => Array.from({ length: count }, (_, n) => `message number ${n}`)

async function openHeld(): Promise<{ page: Page; mishaps: string[] }> {
  const { page, mishaps, signIn } = await console.open()
  await signIn('mo')
  await page.keyboard.press('g')
  await page.getByTestId('held-row').first().waitFor()
  return { page, mishaps }
}

async function states(): Promise<Record<string, string>> {
  const { rows } = await console.system.database.pool.query<{ id: string; state: string }>(
    `select message_id id, state || coalesce(' ' || decided_by, '') state from held_messages`,
  )
  return Object.fromEntries(rows.map(({ id, state }) => [id, state]))
}

const rowOf = (page: Page, id: string) => page.locator(`[data-message-id="${id}"]`)

async function selected(page: Page): Promise<(string | null)[]> {
  const rows = await page.locator('[data-testid="held-row"][data-selected="true"]').all()
  return Promise.all(rows.map((row) => row.getAttribute('data-message-id')))
}

test(
  'the keys select one, a range and all, and a verdict leaves with what is selected',
  () =>
    console.system.explain(async () => {
      await console.hold('keys', texts(8))
      const { page, mishaps } = await openHeld()
      const press = async (...keys: string[]) => {
        for (const key of keys) await page.keyboard.press(key)
      }
      await press('j', 'x')
      expect(await selected(page)).toEqual(['m1'])
      await press('j', 'j', 'Shift+X')
      expect(await selected(page)).toEqual(['m1', 'm2', 'm3'])
      await press('Shift+J')
      expect(await selected(page)).toEqual(['m1', 'm2', 'm3', 'm4'])
      await press('Escape', 'a')
      expect(await selected(page)).toHaveLength(8)
      await press('a', 'k', 'k', 'x', 'j', 'x')
      expect(await selected(page)).toEqual(['m2', 'm3'])
      await press('r')
      await rowOf(page, 'm2').waitFor({ state: 'detached' })
      await until(async () => (await states())['m3'] === 'released mo', { what: 'two are released', withinMs: 5_000 })
      // With nothing selected the verdict is for the message that moved up; no key that is pressed meanwhile is lost.
      await press('b', 'b')
      // The two calls run beside each other.
      const areBlocked = async () =>
        Object.values(await states()).filter((state) => state === 'blocked mo').length === 2
      await until(areBlocked, { what: 'two are blocked', withinMs: 5_000 })
      expect(await states()).toEqual({
        m0: 'held',
        m1: 'held',
        m2: 'released mo',
        m3: 'released mo',
        m4: 'blocked mo',
        m5: 'blocked mo',
        m6: 'held',
        m7: 'held',
      })
      await press('?')
      for (const key of ['Shift', 'X', 'R', 'B'])
        await page.getByTestId('help-dialog').locator('kbd', { hasText: key }).first().waitFor()
      expect(mishaps).toEqual([])
    }),
  90_000,
)

test(
  'a click selects, one with Shift a range; the button decides, and the count in the bar follows by itself',
  () =>
    console.system.explain(async () => {
      await console.hold('mouse', texts(5))
      const { page, mishaps } = await openHeld()
      await rowOf(page, 'm1').locator('label').click()
      await rowOf(page, 'm3')
        .locator('label')
        .click({ modifiers: ['Shift'] })
      expect(await selected(page)).toEqual(['m1', 'm2', 'm3'])
      await page.getByTestId('held-block').click()
      await page.locator('[data-testid="nav-held"][data-count="2"]').waitFor()
      await console.hold('more', texts(3))
      await page.locator('[data-testid="nav-held"][data-count="5"]').waitFor()
      await page.locator('[data-testid="held-row"]').nth(4).waitFor()
      expect(mishaps).toEqual([])
    }),
  90_000,
)

test(
  'who was quicker is named, and his verdict stands',
  () =>
    console.system.explain(async () => {
      await console.hold('quick', texts(2))
      const { page } = await openHeld()
      await page.route('**/api/v1/held/decisions', async (route) => {
        const messages = [{ streamId: 'quick', messageId: 'm0' }]
        const by = { verdict: 'allow' as const, actor: 'pat', role: 'moderator', at: new Date() }
        await decideHeld(console.system.database, { messages, ...by })
        await route.continue()
      })
      await page.keyboard.press('a')
      await page.keyboard.press('b')
      expect(await page.getByTestId('toast').textContent()).toContain('pat')
      expect(await states()).toEqual({ m0: 'released pat', m1: 'blocked mo' })
    }),
  60_000,
)

test(
  'a verdict that does not arrive is said, and its messages are back',
  () =>
    console.system.explain(async () => {
      await console.hold('away', texts(2))
      const { page } = await openHeld()
      await page.route('**/api/v1/held/decisions', (route) =>
        route.fulfill({ status: 503, json: { code: 'ENGINE_AWAY' } }),
      )
      await page.keyboard.press('b')
      await page.getByTestId('toast').getByText('ENGINE_AWAY').waitFor()
      await rowOf(page, 'm0').waitFor()
      expect(await states()).toEqual({ m0: 'held', m1: 'held' })
    }),
  60_000,
)

test(
  'what was written is words and nothing else, and a match is marked over its exact place',
  () =>
    console.system.explain(async () => {
      const text = '😀 buy ｋｉｔｅ now'
      await console.hold('marked', [text], {
        nickname: '<img src=x onerror=window.ran=1>',
        matches: () => [
          { entry: 'kite', category: 'FRAUD', severity: 55, start: 7, end: 11, matched: 'ｋｉｔｅ', via: ['width'] },
        ],
      })
      await console.hold('hostile', hostileWords.slice(0, 90), {
        matches: (words) => [
          { entry: words, category: words, severity: 50, start: 0, end: 4, matched: words.slice(0, 4), via: [words] },
        ],
      })
      const { page, mishaps } = await openHeld()
      const row = page.locator('[data-testid="held-row"]', { hasText: 'buy' })
      expect(await row.locator('mark').allTextContents()).toEqual(['ｋｉｔｅ'])
      expect(await row.getByTestId('held-text').textContent()).toBe(text)
      expect(await page.getByTestId('held-row').count()).toBe(91)
      expect(await page.evaluate<string>('typeof window.ran')).toBe('undefined')
      expect(mishaps).toEqual([])
    }),
  90_000,
)

test(
  'an auditor has no such lane, by no way',
  () =>
    console.system.explain(async () => {
      const { page, signIn } = await console.open()
      await page.goto(`${console.address}/#held`)
      await signIn('au')
      await page.getByTestId('queue-empty').waitFor()
      await page.keyboard.press('g')
      expect(await page.getByTestId('nav-held').count()).toBe(0)
      expect(await page.getByTestId('queue-empty').count()).toBe(1)
    }),
  60_000,
)

test(
  'more than a page holds are paged through by the keys, and a page that was decided whole leads back',
  () =>
    console.system.explain(async () => {
      await console.hold('many', texts(230))
      const { page, mishaps } = await openHeld()
      const onPage = async (number: number, first: string) => {
        await page.locator(`[data-testid="held-page"][data-page="${number}"]`).waitFor()
        await page.locator(`.held-row.on[data-message-id="${first}"]`).waitFor()
      }
      await onPage(1, 'm0')
      await page.keyboard.press('p')
      await page.keyboard.press('n')
      await onPage(2, 'm100')
      expect(await page.getByTestId('held-row').count()).toBe(100)
      await page.getByTestId('held-next').click()
      await onPage(3, 'm200')
      expect(await page.getByTestId('held-next').isDisabled()).toBe(true)
      await page.keyboard.press('a')
      await page.keyboard.press('r')
      await onPage(2, 'm100')
      await page.keyboard.press('p')
      await onPage(1, 'm0')
      await page.locator('[data-testid="nav-held"][data-count="200"]').waitFor()
      const released = Object.entries(await states()).filter(([, state]) => state === 'released mo')
      expect(released.map(([id]) => Number(id.slice(1))).sort((one, other) => one - other)).toEqual(
        Array.from({ length: 30 }, (_, n) => 200 + n),
      )
      expect(mishaps).toEqual([])
    }),
  90_000,
)

test(
  'while an engine is away the banner speaks of what is on the screen',
  () =>
    console.system.explain(async () => {
      await console.hold('banner', texts(1))
      const { page, signIn } = await console.open()
      const away = { ok: false, away: ['redis'], archive: 'unlocked', at: new Date().toISOString() }
      await page.route('**/api/v1/status', (route) => route.fulfill({ json: away }))
      await signIn('mo')
      const banner = page.getByTestId('engine-banner')
      await banner.getByText('The case you hold').waitFor()
      await page.keyboard.press('g')
      await banner.getByText('A verdict that does not arrive').waitFor()
      expect(await banner.textContent()).not.toContain('case')
    }),
  60_000,
)
