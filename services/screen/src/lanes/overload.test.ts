import { encodeEvent, SamplingRules, type SegmentAccepted } from '@streamkeeper/contracts'
import type { NewStretch } from '@streamkeeper/database'
import { readCodes, type Classifier, type ClassifierResult } from '@streamkeeper/inference'
import { borrowPictureMemory, type DecodedSegment, type Picture, type Segment } from '@streamkeeper/media'
import { consume, type Consumer } from '@streamkeeper/pipeline'
import { FakeClock, MemoryEventLog, MemoryObjectStore } from '@streamkeeper/testkit'
import { buildExpressions, buildMatcher } from '@streamkeeper/text'
import type { MediaDeps } from '../deps.js'
import { createGate } from '../gate.js'
import { createSampling } from '../sampling/sampling.js'
import { createTextTimes } from '../text-times.js'
import { createTurns } from '@streamkeeper/runtime'
import { screenMedia } from './media.js'
import { createUnderway } from './underway.js'

const segmentMs = 2_000
/** Two that many people watch, and eight others: at a picture each two seconds, five looks a second. */
const watched = ['watched-0', 'watched-1']
const others = Array.from({ length: 8 }, (_, at) => `other-${at}`)
const streams = [...watched, ...others]
const [watchedFloorMs, otherFloorMs] = [4_000, 8_000]
const rules = SamplingRules.parse({
  intervalMs: segmentMs,
  floorMs: otherFloorMs,
  tiers: [{ name: 'watched', when: { viewersFrom: 1_000 }, intervalMs: segmentMs, floorMs: watchedFloorMs }],
  overload: { thinFromMs: 5_000, thinnedMs: 20_000 },
})
const segmentsTopic = 'moderation.segments'
const [segmentsOfAStream, looksAtOnce] = [4, 8]
const model = { name: 'm', version: '1', sha256: 'a'.repeat(64) }
const harmless = { class: 'other', tags: [], ageBand: 'adult', violations: 0, chatHitMs: null, reportMs: null } as const
const identity = { ...model, name: 'none' }
const [width, height] = [16, 16]

/** As a pool of one process: one picture at a time, so many wait, and each has its deadline. */
class SlowModel {
  lookMs = 0
  mostAsked = 0
  #asked = 0
  #last: Promise<void> = Promise.resolve()

  constructor(private readonly clock: FakeClock) {}

  classify: Classifier['classify'] = async () => {
    if (this.#asked > looksAtOnce) return failed('overloaded')
    this.#asked += 1
    this.mostAsked = Math.max(this.mostAsked, this.#asked)
    const askedAt = this.clock.now()
    const before = this.#last
    let done = (): void => undefined
    this.#last = new Promise((resolve) => (done = resolve))
    await before
    await this.clock.sleep(this.lookMs)
    done()
    this.#asked -= 1
    return this.clock.now() - askedAt > 5_000 ? failed('timeout') : { outcome: 'scored', scores: {}, labels: [], model }
  }
}

function failed(reason: 'overloaded' | 'timeout'): ClassifierResult {
  return { outcome: 'failed', reason, detail: reason }
}

/** The real lane with the real sampling over streams that go on and on, on a clock that the test moves. */
class Lane {
  readonly clock = new FakeClock()
  readonly model = new SlowModel(this.clock)
  readonly rows: NewStretch[] = []
  /** Most pictures of one stream that were held at once. */
  mostHeld = 0
  readonly #log = new MemoryEventLog(() => this.clock.now())
  readonly #spool = new MemoryObjectStore()
  readonly #held = new Map<string, Picture[]>()
  readonly #deps = this.#open()
  #sequence = 0

  async start(): Promise<Consumer> {
    const names = [segmentsTopic, 'moderation.coverage', 'moderation.signals']
    const topic = { partitions: 4, maxRecordBytes: 1_000_000, retentionMs: 1_000 }
    await this.#log.ensureTopics(names.map((name) => ({ ...topic, name })))
    await this.#spool.put('spool/one', Buffer.from('x'), { contentType: 'video/mp2t' })
    const consumer = await consume({
      log: this.#log,
      group: 'screen-media',
      topics: [segmentsTopic],
      maxInFlight: 64,
      maxInFlightBytes: 1_000_000,
      timing: this.clock,
      process: (record, context) => screenMedia(this.#deps, record, context),
      deadLetter: async (record, { message }) => expect(`${record.offset}: ${message}`).toBe('never'),
    })
    // What fails is seen by what is missing in the coverage.
    consumer.ended.catch(() => undefined)
    return consumer
  }

  /** So many segments of each stream, each when its time has come. */
  async live(segments: number, lookMs: number): Promise<void> {
    this.model.lookMs = lookMs
    for (let n = 0; n < segments; n += 1) {
      for (const streamId of streams) this.#log.append(this.#segment(streamId, this.#sequence))
      this.#sequence += 1
      await this.clock.advance(segmentMs)
    }
  }

  get nowMs(): number {
    return this.#sequence * segmentMs
  }

  get lagMs(): number {
    return this.#deps.sampling.lagMs
  }

  of(streamIds: readonly string[], fromMs = 0): NewStretch[] {
    return this.rows.filter((row) => streamIds.includes(row.streamId) && row.fromMs >= fromMs)
  }

  #segment(streamId: string, sequence: number) {
    const brokerAt = new Date(this.clock.now()).toISOString()
    const id = `${streamId}-${sequence}`
    const sha256 = 'a'.repeat(64)
    const data: SegmentAccepted = {
      streamId,
      sequence,
      streamTimeMs: sequence * segmentMs,
      durationMs: segmentMs,
      mediaType: 'video/mp2t',
      origin: { topic: 'live.segments', partition: 0, offset: String(sequence), id, source: '/p', brokerAt },
      spool: { key: 'spool/one', sha256, size: 1 },
      receivedAt: brokerAt,
      sha256,
      size: 1,
    }
    const time = new Date(this.clock.now())
    return encodeEvent('', {
      type: 'moderation.segment.accepted',
      id,
      source: '/ingest',
      subject: streamId,
      time,
      data,
    })
  }

  #open(): MediaDeps {
    const facts = {
      get: (streamId: string) => ({
        ...harmless,
        streamId,
        viewers: watched.includes(streamId) ? 5_000 : 5,
      }),
      refresh: () => Promise.resolve(),
      forget: () => undefined,
    }
    const cover = async (stretch: NewStretch, at: Date) => {
      this.rows.push(stretch)
      return [{ ...stretch, at }]
    }
    return {
      log: this.#log,
      spool: this.#spool,
      topicPrefix: '',
      now: () => this.clock.now(),
      coverage: { cover, list: () => Promise.resolve([]) },
      decoders: { feed: (streamId: string, _: string, segment: Segment) => this.#decode(streamId, segment) },
      underway: createUnderway({ most: segmentsOfAStream, forget: () => Promise.resolve() }),
      sampling: createSampling(rules, facts, () => this.clock.now()),
      gate: createGate(null),
      textTimes: createTextTimes(undefined),
      pictureFloods: { mark: (_: string, signals: unknown) => signals },
      eyes: {
        models: {
          current: [
            { classifier: { manifest: { thresholds: {} }, model, classify: this.model.classify }, shadow: false },
          ],
        },
        turns: createTurns(looksAtOnce),
        banks: { current: { identity, bank: { match: () => [] } } },
        textReader: null,
        lexicons: { current: { matcher: buildMatcher([]), expressions: buildExpressions([]), identity } },
      },
    } as unknown as MediaDeps
  }

  async #decode(streamId: string, { sequence, streamTimeMs }: Segment): Promise<DecodedSegment> {
    await this.clock.sleep(50)
    const rgb = borrowPictureMemory(width * height * 3).fill(120)
    const picture = { streamTimeMs, width, height, rgb }
    // What was given back has no bytes any more.
    const held = [...(this.#held.get(streamId) ?? []).filter((one) => one.rgb.length > 0), picture]
    this.#held.set(streamId, held)
    this.mostHeld = Math.max(this.mostHeld, held.length)
    return { sequence, outcome: 'decoded', pictures: [picture] }
  }
}

/** Loading the reader takes real time, in which the clock of the test would go on. */
beforeAll(async () => void (await readCodes({ width, height, rgb: Buffer.alloc(width * height * 3) })))

let lane: Lane
let consumer: Consumer
beforeEach(async () => {
  lane = new Lane()
  consumer = await lane.start()
})
afterEach(async () => {
  const stopped = consumer.stop()
  await lane.clock.advance(60_000)
  await stopped
})

const isLooked = ({ state }: NewStretch): boolean => state === 'looked'

/** The longest time of a stream from one look to the next. */
function longestGapMs(rows: readonly NewStretch[]): number {
  const times = rows.filter(isLooked).map(({ fromMs }) => fromMs)
  return Math.max(...times.slice(1).map((at, before) => at - (times[before] ?? 0)))
}

const gapsOf = (streamIds: readonly string[]): number[] =>
  streamIds.map((streamId) => longestGapMs(lane.of([streamId])))

/** Nothing was refused by the model, each stretch not looked at says why, and every stream is covered from end to end. */
function expectHonest(): void {
  const thinned = lane.rows.filter((row) => !isLooked(row))
  for (const row of thinned)
    expect(row).toMatchObject({
      reason: 'overload',
      detail: expect.stringMatching(/^thinned: a picture each \d\.\d s instead of 2\.0 s, \d+ s behind$/),
    })
  for (const streamId of streams) {
    const times = lane.of([streamId]).map(({ fromMs }) => fromMs)
    const wanted = Array.from({ length: lane.nowMs / segmentMs }, (_, sequence) => sequence * segmentMs)
    expect(times.toSorted((one, other) => one - other)).toEqual(wanted)
  }
}

test('a model that is too slow thins the least risky streams, and they are looked at as before when it is quick again', async () => {
  await lane.live(20, 100)
  expect(lane.rows.filter((row) => !isLooked(row))).toEqual([])
  // Five looks a second are wanted, and three and a third are had.
  await lane.live(120, 300)
  const slowUntilMs = lane.nowMs
  await lane.live(60, 50)
  expectHonest()
  expect(lane.of(watched).filter((row) => !isLooked(row))).toEqual([])
  const looked = lane.of(others).filter(({ fromMs }) => fromMs < slowUntilMs)
  expect(looked.filter((row) => !isLooked(row)).length).toBeGreaterThan(looked.length / 5)
  for (const gapMs of gapsOf(others)) expect(gapMs).toBeLessThanOrEqual(otherFloorMs)
  const later = lane.of(streams, slowUntilMs + 60_000)
  expect(later).toHaveLength(30 * streams.length)
  expect(later.every(isLooked)).toBe(true)
  expect(lane.lagMs).toBeLessThan(100)
}, 120_000)

test('in need all are thinned, the risky last, and none beyond its floor', async () => {
  await lane.live(20, 100)
  await lane.live(200, 600)
  await lane.live(60, 50)
  expectHonest()
  const firstThinned = (streamIds: readonly string[]): number =>
    Math.min(...lane.of(streamIds).flatMap((row) => (isLooked(row) ? [] : [row.fromMs])))
  expect(firstThinned(others)).toBeLessThan(firstThinned(watched))
  expect(firstThinned(watched)).toBeLessThan(lane.nowMs)
  for (const gapMs of gapsOf(watched)) expect(gapMs).toBeLessThanOrEqual(watchedFloorMs)
  for (const gapMs of gapsOf(others)) expect(gapMs).toBeLessThanOrEqual(otherFloorMs)
}, 120_000)

test('however slow the model is, no stream has more than four segments in memory, and no model is asked for more than eight pictures', async () => {
  await lane.live(60, 600)
  expect([lane.mostHeld, lane.model.mostAsked]).toEqual([segmentsOfAStream, looksAtOnce])
  expect(lane.lagMs).toBeGreaterThan(rules.overload.thinFromMs)
}, 120_000)
