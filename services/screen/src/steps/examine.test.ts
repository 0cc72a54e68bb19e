import { SamplingRules, type SegmentAccepted } from '@streamkeeper/contracts'
import { borrowPictureMemory, type DecodedSegment, type Picture } from '@streamkeeper/media'
import { buildExpressions, buildMatcher } from '@streamkeeper/text'
import type { MediaDeps } from '../deps.js'
import { createGate } from '../gate.js'
import { createOnce } from '../lanes/once.js'
import { createSampling, type Sampling } from '../sampling/sampling.js'
import { createTurns } from '@streamkeeper/runtime'
import { createTextTimes } from '../text-times.js'
import { examine } from './examine.js'

const now = Date.parse('2026-01-01T00:00:00.000Z')
const rules = SamplingRules.parse({
  intervalMs: 2_000,
  floorMs: 8_000,
  overload: { thinFromMs: 1_000, thinnedMs: 2_000 },
})
const model = { name: 'm', version: '1', sha256: 'a'.repeat(64) }

function segmentOf(sequence: number, lagMs: number): SegmentAccepted {
  const origin = { brokerAt: new Date(now - lagMs).toISOString() }
  return { streamId: 's', sequence, streamTimeMs: sequence * 2_000, durationMs: 2_000, origin } as SegmentAccepted
}

/** A picture at the start of each segment, seen by the real step with one model that answers as it is told. */
function open(score: number | null = 0) {
  const noFacts = { get: () => undefined, refresh: () => Promise.resolve(), forget: () => undefined }
  const sampling: Sampling = createSampling(rules, noFacts, () => now)
  const manifest = { thresholds: { SEX_EXPLICIT: { review: 0.8, severity: 80 } } }
  const result =
    score === null
      ? { outcome: 'failed', reason: 'timeout', detail: 'late' }
      : { outcome: 'scored', scores: {}, labels: [{ label: 'SEX_EXPLICIT', score }], model }
  const classifier = { manifest, model, classify: () => Promise.resolve(result) }
  const eyes = {
    models: { current: [{ classifier, shadow: false }] },
    turns: createTurns(8),
    banks: { current: noBanks },
    textReader: null,
    lexicons: { current: noWords },
  }
  const noted: number[] = []
  const watched = { ...sampling, noteNearHit: (_: string, atMs: number) => noted.push(atMs) }
  const spool = { put: () => Promise.resolve() }
  const pictureFloods = { mark: (_: string, signals: unknown) => signals }
  const deps = {
    eyes,
    sampling: watched,
    gate: createGate(null),
    textTimes: createTextTimes(undefined),
    spool,
    log: { publish: () => Promise.resolve() },
    topicPrefix: '',
    now: () => now,
    pictureFloods,
  }
  const shown: Picture[] = []
  const look = (sequence: number, lagMs = 0) => {
    const segment = segmentOf(sequence, lagMs)
    sampling.begin(segment)
    const rgb = borrowPictureMemory(64 * 64 * 3).fill(120)
    const picture = { streamTimeMs: segment.streamTimeMs, width: 64, height: 64, rgb }
    shown.push(picture)
    const decoded: DecodedSegment = { sequence, outcome: 'decoded', pictures: [picture] }
    return examine(deps as unknown as MediaDeps, segment, { decoded, once: createOnce() })
  }
  return { look, noted, shown }
}
const noWords = { matcher: buildMatcher([]), expressions: buildExpressions([]), identity: model }
const noBanks = { identity: { ...model, name: 'picture-bank' }, bank: { match: () => [] } }

test('a segment whose picture overload cost says so; one between two looks is looked at', async () => {
  const { look } = open()
  expect(await look(0)).toMatchObject({ state: 'looked', pictures: 1 })
  expect(await look(1)).toMatchObject({ state: 'looked', pictures: 1 })
  const late = []
  for (let sequence = 2; sequence < 34; sequence += 1) late.push(await look(sequence, 60_000))
  const last = late.slice(-8)
  expect(last.filter(({ state }) => state === 'looked')).toHaveLength(2)
  const missed = last.filter(({ state }) => state === 'not-looked')
  expect(missed).toHaveLength(6)
  for (const finding of missed)
    expect(finding).toMatchObject({
      reason: 'overload',
      detail: expect.stringMatching(/^thinned: a picture each 8\.0 s instead of 2\.0 s, \d+ s behind$/),
    })
})

test('half of a review line is a near hit; a model that could not look is none', async () => {
  const near = open(0.4)
  await near.look(3)
  expect(near.noted).toEqual([6_000])
  const far = open(0.39)
  await far.look(3)
  expect(far.noted).toEqual([])
  const broken = open(null)
  expect(await broken.look(3)).toMatchObject({ reason: 'overload' })
  expect(broken.noted).toEqual([])
})

test('the memory of a picture is given back when everybody has answered, but not of one that shows something or was not seen', async () => {
  const sizes = async (score: number | null): Promise<number[]> => {
    const { look, shown } = open(score)
    const finding = await look(0)
    expect(finding.signals).toHaveLength(score === 0.9 ? 1 : 0)
    return shown.map(({ rgb }) => rgb.length)
  }
  expect(await sizes(0)).toEqual([0])
  expect(await sizes(0.9)).toEqual([64 * 64 * 3])
  expect(await sizes(null)).toEqual([64 * 64 * 3])
})
