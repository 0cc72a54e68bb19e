import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { playsFor, startConsolePage, type ConsolePage } from '../harness/console-page.js'
import { addMedia, type MediaOptions } from '../harness/noted-media.js'

/** What a person sees of the stream around a hit, in a real browser, from segments as they came. */
let console: ConsolePage

beforeAll(async () => {
  console = await startConsolePage({ mo: 'moderator' })
}, 90_000)
afterAll(() => console.stop(), 60_000)

async function playClip(streamId: string, media: MediaOptions) {
  const { system } = console
  const caseId = await console.makeCase({ streamId })
  await addMedia(system, streamId, media)
  const opened = await console.open()
  await opened.signIn('mo')
  await opened.page.locator(`[data-testid="case-row"][data-case-id="${caseId}"]`).click()
  await opened.page.locator(`[data-testid="case"][data-case-id="${caseId}"]`).waitFor()
  await opened.page.keyboard.press('c')
  await playsFor(opened.page, 0)
  return opened
}

test(
  'fragmented MP4 plays to its end without being encoded anew',
  () =>
    console.system.explain(async () => {
      const { page, mishaps } = await playClip('fragments', { mediaType: 'video/mp4' })
      await playsFor(page, 4.5)
      expect([await page.getByTestId('clip-failed').count(), mishaps]).toEqual([0, []])
      await page.context().close()
    }),
  60_000,
)

test(
  'a gap between segments is jumped over',
  () =>
    console.system.explain(async () => {
      // Two segments, the second one with time stamps that lie 2 s further on than its place in the list.
      const { page, mishaps } = await playClip('torn', { only: [0, 2] })
      await playsFor(page, 2.5)
      expect([await page.getByTestId('clip-failed').count(), mishaps]).toEqual([0, []])
      await page.context().close()
    }),
  60_000,
)

test(
  'the clip of a stream that goes on grows while it plays',
  () =>
    console.system.explain(async () => {
      const { page, mishaps } = await playClip('running', { only: [0, 1] })
      await playsFor(page, 1)
      await addMedia(console.system, 'running', { only: [2] })
      await playsFor(page, 4.2)
      expect([await page.getByTestId('clip-failed').count(), mishaps]).toEqual([0, []])
      await page.context().close()
    }),
  60_000,
)
