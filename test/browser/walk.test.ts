import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { repositoryRoot, until } from '@streamkeeper/testkit'
import type { Page } from 'playwright-core'
import { countDecisions, password, playsFor, startConsolePage, type ConsolePage } from '../harness/console-page.js'

/** Somebody who never saw it clears the queue, with the keyboard alone, in either language. */
let console: ConsolePage

beforeAll(async () => {
  console = await startConsolePage({ 'walker-en': 'lead', 'walker-zh': 'lead', reader: 'auditor' })
}, 90_000)
afterAll(() => console.stop(), 60_000)

const strings = (language: string) =>
  JSON.parse(readFileSync(join(repositoryRoot(), 'services/console/web/i18n', `${language}.json`), 'utf8')) as Strings
interface Strings {
  readonly queue: { readonly none: { readonly waiting: string } }
  readonly caseState: { readonly decided: string }
}

const sees = (page: Page, testId: string, more = '') =>
  page.locator(`[data-testid="${testId}"]${more}`).first().waitFor({ timeout: 15_000 })
const hasClaim = (page: Page) => sees(page, 'claim-state', '[data-claim="mine"]')
const decided = async (page: Page) => sees(page, 'verdict-closed', '[data-why="decided"]')

async function takeNext(page: Page): Promise<void> {
  await page.keyboard.press('n')
  await hasClaim(page)
}

/** Tab until the focus is there. */
async function tabTo(page: Page, testId: string): Promise<void> {
  for (let n = 0; n < 40; n += 1) {
    const at = await page.evaluate<string>(`document.activeElement?.getAttribute('data-testid') ?? ''`)
    if (at === testId) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`the focus never came to ${testId}`)
}

async function signInByKeys(page: Page, username: string): Promise<void> {
  await tabTo(page, 'sign-in-username')
  await page.keyboard.type(username)
  await tabTo(page, 'sign-in-password')
  await page.keyboard.type(password)
  await page.keyboard.press('Enter')
  await sees(page, 'user-menu')
}

test.each(['en', 'zh'])(
  'the queue is cleared by keyboard alone in %s',
  (language) =>
    console.system.explain(async () => {
      const before = await countDecisions(console.system.database)
      for (const n of [1, 2, 3, 4, 5])
        await console.makeCase({
          streamId: `walk-${language}-${n}`,
          title: `Stream ${n}`,
          severity: 90 - n,
          withMedia: n === 1,
        })
      const { page, mishaps } = await console.open({ locale: language === 'zh' ? 'zh-CN' : 'en-GB' })
      await signInByKeys(page, `walker-${language}`)
      expect(await page.evaluate<string>('document.documentElement.lang')).toBe(language === 'zh' ? 'zh-Hans' : 'en')
      await sees(page, 'case-row')

      // The map of keys is one key away, and gone with one.
      await page.keyboard.press('?')
      await sees(page, 'help-dialog')
      await page.keyboard.press('Escape')

      // First case: look, play, decide.
      await page.keyboard.press('Enter')
      await hasClaim(page)
      await page.keyboard.down('v')
      await sees(page, 'still-shown')
      await page.keyboard.up('v')
      await page.getByTestId('still-shown').waitFor({ state: 'detached' })
      await page.keyboard.press('c')
      await sees(page, 'clip')
      await playsFor(page, 0.5)
      await page.keyboard.press('c')
      await page.keyboard.press('1')
      await decided(page)

      // A light verdict, taken back and given anew.
      await takeNext(page)
      await page.keyboard.press('2')
      await sees(page, 'undo')
      await page.keyboard.press('z')
      await hasClaim(page)
      await page.keyboard.press('2')
      await decided(page)

      // A heavy one, with words of one's own.
      await takeNext(page)
      await page.keyboard.press('5')
      await sees(page, 'decision-sheet')
      await page.keyboard.press('Escape')
      await page.getByTestId('decision-sheet').waitFor({ state: 'detached' })
      await page.keyboard.press('5')
      await tabTo(page, 'decision-text')
      await page.keyboard.press('Control+A')
      await page.keyboard.type('Please stop. 请停止。')
      await page.keyboard.press('Control+Enter')
      await decided(page)

      // One is handed back and taken again.
      await takeNext(page)
      await page.keyboard.press('r')
      await sees(page, 'claim-state', '[data-claim="free"]')
      await page.keyboard.press('Enter')
      await hasClaim(page)
      await page.keyboard.press('3')
      await decided(page)
      await takeNext(page)
      await page.keyboard.press('4')
      await decided(page)

      await page.getByTestId('queue-empty').waitFor()
      expect(await page.getByTestId('queue-empty').innerText()).toBe(strings(language).queue.none.waiting)
      await page.keyboard.press('f')
      await page.keyboard.press('f')
      await until(async () => (await page.getByTestId('case-row').count()) >= 5, {
        what: 'what was decided',
        withinMs: 15_000,
      })

      // Language, theme and alarms, each by its key.
      await page.keyboard.press('l')
      await until(
        async () =>
          (await page.evaluate<string>('document.documentElement.lang')) !== (language === 'zh' ? 'zh-Hans' : 'en'),
        {
          what: 'the other language',
          withinMs: 5_000,
        },
      )
      await page.keyboard.press('t')
      expect(await page.evaluate<string>('document.documentElement.dataset.theme')).toBe('light')
      await page.keyboard.press('a')
      await sees(page, 'alarm-dialog')
      await page.keyboard.press('Escape')

      const after = await countDecisions(console.system.database)
      for (const action of ['no-violation', 'warn-streamer', 'mute-audio', 'blur-picture', 'cut-stream'])
        expect([action, (after[action] ?? 0) - (before[action] ?? 0)]).toEqual([action, 1])
      const { rows } = await console.system.database.pool.query<{ what: string }>(
        'select what from access_log where actor = $1 order by id',
        [`walker-${language}`],
      )
      expect(rows.map(({ what }) => what.split(' ')[0])).toEqual(['still', 'clip'])
      expect(mishaps).toEqual([])
      await page.context().close()
    }),
  180_000,
)

test(
  'an auditor reads and cannot decide',
  () =>
    console.system.explain(async () => {
      await console.makeCase({ streamId: 'to-read', severity: 99, tier: 'P0' })
      const { page, signIn, mishaps } = await console.open()
      await signIn('reader')
      await sees(page, 'verdict-closed', '[data-why="reader"]')
      await page.keyboard.press('Enter')
      await page.keyboard.press('1')
      await page.keyboard.press('n')
      expect(await page.getByTestId('claim').count()).toBe(0)
      expect(await page.getByTestId('open-alarms').count()).toBe(0)
      expect(await page.getByTestId('case-state').getAttribute('data-state')).toBe('open')
      expect(mishaps).toEqual([])
      await page.context().close()
    }),
  60_000,
)
