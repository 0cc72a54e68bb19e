import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startConsolePage, type ConsolePage } from '../harness/console-page.js'
import { hostileWords } from './_hostile-words.js'

/** Chat, titles and nicknames that would run in a careless page: they are words here, and nothing else. */
let console: ConsolePage

beforeAll(async () => {
  console = await startConsolePage({ mo: 'moderator' })
}, 90_000)
afterAll(() => console.stop(), 60_000)

test(
  'more than 100 ways to run something in the page run nothing, and reach nobody',
  () =>
    console.system.explain(async () => {
      expect(hostileWords.length).toBeGreaterThan(140)
      const cases = Array.from({ length: Math.ceil(hostileWords.length / 8) }, (_, n) =>
        hostileWords.slice(n * 8, n * 8 + 8),
      )
      for (const [n, words] of cases.entries()) {
        const [title = 'x', nickname = 'y'] = words
        const signals = words.map((text) => ({
          lane: 'chat' as const,
          label: 'FRAUD' as const,
          evidence: {
            text,
            accountId: 'viewer',
            codes: [text],
            matches: [
              {
                entry: text,
                category: 'FRAUD',
                severity: 90,
                start: 0,
                end: Math.min(4, text.length),
                matched: text.slice(0, 4),
                via: [text],
              },
            ],
          },
        }))
        await console.makeCase({ streamId: `hostile-${n}`, title, nickname, signals, severity: 50 + n })
      }
      const { page, mishaps, signIn } = await console.open()
      await signIn('mo')
      await page.getByTestId('case-row').first().waitFor()
      const seen = new Set<string>()
      for (let n = 0; n < cases.length; n += 1) {
        const row = page.getByTestId('case-row').nth(n)
        const caseId = await row.getAttribute('data-case-id')
        await row.click()
        await page.locator(`[data-testid="case"][data-case-id="${caseId}"]`).waitFor()
        // Over everything that a pointer could wake.
        await row.hover()
        const text = await page.locator('body').textContent()
        for (const words of hostileWords) if (text?.includes(words.replaceAll('\0', '\uFFFD'))) seen.add(words)
      }
      expect(await page.evaluate<string>('typeof window.ran')).toBe('undefined')
      expect(mishaps).toEqual([])
      // They were really there, as the words that they are.
      expect(seen.size).toBeGreaterThan(hostileWords.length * 0.9)
    }),
  180_000,
)
