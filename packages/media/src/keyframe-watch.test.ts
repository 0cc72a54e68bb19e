import fc from 'fast-check'
import { KeyframeWatch } from './keyframe-watch.js'

const LONGEST = 10_000

/** The mode of each segment of a stream whose keyframes lie at these times. */
function modesOf(keyframes: readonly number[], segmentMs: number, count: number): boolean[] {
  const watch = new KeyframeWatch(LONGEST)
  return Array.from({ length: count }, (_, sequence) => {
    const streamTimeMs = sequence * segmentMs
    const times = keyframes.filter((time) => time >= streamTimeMs && time < streamTimeMs + segmentMs)
    const segment = { sequence, streamTimeMs, durationMs: segmentMs, bytes: Buffer.alloc(0), discontinuity: false }
    watch.take(segment, { times, first: times[0] === streamTimeMs })
    return watch.whole
  })
}

const every = (ms: number, untilMs: number): number[] =>
  Array.from({ length: Math.ceil(untilMs / ms) }, (_, at) => at * ms)

test('keyframes that are never 10 s apart are enough, those that always are never are', () => {
  const segmentMs = fc.integer({ min: 500, max: 6000 })
  fc.assert(
    fc.property(fc.integer({ min: 40, max: 9999 }), segmentMs, (group, length) => {
      expect(modesOf(every(group, 60 * length), length, 59)).not.toContain(true)
    }),
  )
  fc.assert(
    fc.property(fc.integer({ min: LONGEST, max: 60_000 }), segmentMs, (group, length) => {
      const modes = modesOf(every(group, 60 * length), length, 60)
      const first = Math.ceil(LONGEST / length) - 1
      expect(modes).toEqual(modes.map((_, at) => at >= first))
    }),
  )
})

test('the full decode ends at a keyframe, when there were enough of them for 10 s', () => {
  const keyframes = [0, ...every(2000, 40_000).map((time) => time + 14_000)]
  const modes = modesOf(keyframes, 2000, 20)
  expect(modes.map((whole, at) => (whole ? at * 2 : -1)).filter((at) => at >= 0)).toEqual([
    8, 10, 12, 14, 16, 18, 20, 22,
  ])
})

test('a break of the stream is no wait for a keyframe', () => {
  const watch = new KeyframeWatch(LONGEST)
  const segment = { sequence: 0, streamTimeMs: 0, durationMs: 2000, bytes: Buffer.alloc(0), discontinuity: false }
  expect(watch.take(segment, { times: [0], first: true })).toEqual({ broken: false })
  expect(watch.take({ ...segment, streamTimeMs: 60_000 }, { times: [], first: false })).toEqual({ broken: true })
  expect(watch.whole).toBe(false)
  const jump = { ...segment, streamTimeMs: 62_000, discontinuity: true }
  expect(watch.take(jump, { times: [], first: false })).toEqual({ broken: true })
  // Backwards: the keyframe that was last lies in front.
  expect(watch.take({ ...segment, streamTimeMs: 4000 }, { times: [], first: false })).toEqual({ broken: false })
  expect(watch.whole).toBe(false)
})
