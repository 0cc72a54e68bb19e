import { earliestOf, PictureClock } from './picture-clock.js'
import { createLiveDecoder } from './live-decoder.js'
import { createSandbox } from './sandbox.js'
import { ffmpeg, makeFolder, toSegment } from '../test-support/make-segments.js'
import { changeTimes } from '../test-support/hostile/packets.js'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

const steps = (count: number, ticks: number, from = 0): number[] =>
  Array.from({ length: count }, (_, at) => from + at * ticks)
const every = (times: readonly number[], nth: number): number[] => times.filter((_, at) => at % nth === 0)

function placesOf(times: readonly number[], keyframes: readonly number[], durationMs = 6000): (number | undefined)[] {
  const tell = new PictureClock({ firstPts: earliestOf(times), times, keyframes }, durationMs).teller()
  return keyframes.map(tell)
}

test('times that can be are kept, through the end of 33 bits too', () => {
  const times = steps(150, 3600, 2 ** 33 - 90_000).map((pts) => pts % 2 ** 33)
  expect(placesOf(times, every(times, 50))).toEqual([0, 2000, 4000])
  // A keyframe that is shown behind four pictures that are decoded later.
  expect(placesOf([14_400, 0, 3600, 7200, 10_800, 18_000], [14_400], 240)).toEqual([160])
  expect(placesOf([5], [5])).toEqual([0])
})

test.each<[string, number[]]>([
  ['all the same', steps(150, 0)],
  ['backwards', steps(150, -3600, 2 ** 32)],
  ['a tick apart', steps(150, 1)],
  ['an hour ahead from the middle on', steps(150, 3600).map((pts, at) => pts + (at < 75 ? 0 : 3600 * 90_000))],
  ['an hour back from the middle on', steps(150, 3600, 2 ** 30).map((pts, at) => pts - (at < 75 ? 0 : 3600 * 90_000))],
])('times that cannot be, %s: pictures lie in equal steps', (_, times) => {
  expect(placesOf(times, every(times, 50))).toEqual([0, 2000, 4000])
})

test('whatever its times claim, a segment of 6 s with three keyframes is looked at three times', async () => {
  const file = join(await makeFolder(), 'a.ts')
  const source = ['-f', 'lavfi', '-i', 'testsrc2=s=96x64:r=25', '-t', '6', '-pix_fmt', 'yuv420p']
  await ffmpeg([...source, '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', '-sc_threshold', '0', file])
  const bytes = await readFile(file)
  const lies = [
    bytes,
    changeTimes(bytes, () => 1),
    changeTimes(bytes, (_, at) => 2 ** 30 - at * 3600),
    changeTimes(bytes, (pts) => pts / 100),
  ]
  const decoder = createLiveDecoder({ streamId: 'a', mediaType: 'video/mp2t', sandbox: createSandbox() })
  const fed = lies.map((lie, at) => decoder.feed({ ...toSegment(lie, at), streamTimeMs: at * 6000, durationMs: 6000 }))
  await decoder.close()
  const times = (await Promise.all(fed)).map((one, at) =>
    one.outcome === 'decoded' ? one.pictures.map(({ streamTimeMs }) => streamTimeMs - at * 6000) : one.reason,
  )
  expect(times).toEqual(lies.map(() => [0, 2000, 4000]))
}, 60_000)
