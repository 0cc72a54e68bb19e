import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startConsolePage, type ConsolePage } from '../harness/console-page.js'

/** People who know the keys are faster than the page: no key that they press is lost. */
let console: ConsolePage

beforeAll(async () => {
  console = await startConsolePage({ mo: 'moderator' })
}, 90_000)
afterAll(() => console.stop(), 60_000)

test(
  'Enter on a case that is still loading claims it',
  () =>
    console.system.explain(async () => {
      const caseId = await console.makeCase({ streamId: 'slow', severity: 90, tier: 'P0' })
      const { page, signIn, mishaps } = await console.open()
      let open = (): void => undefined
      const gate = new Promise<void>((resolve) => {
        open = resolve
      })
      await page.route(`**/api/v1/cases/${caseId}`, async (route) => {
        await gate
        await route.continue()
      })
      await signIn('mo')
      await page.locator('[data-testid="case-row"][aria-current="true"]').waitFor()
      const claimed = page.waitForResponse((answer) => answer.url().endsWith(`/cases/${caseId}/claim`))
      await page.keyboard.press('Enter')
      expect((await claimed).status()).toBe(200)
      open()
      await page.locator('[data-testid="claim-state"][data-claim="mine"]').waitFor()
      expect(mishaps).toEqual([])
    }),
  60_000,
)
