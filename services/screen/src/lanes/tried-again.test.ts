import { execFileSync } from 'node:child_process'
import { encodeEvent, SamplingRules } from '@streamkeeper/contracts'
import type { NewStretch } from '@streamkeeper/database'
import { testCardPath, type TextReading } from '@streamkeeper/inference'
import { createDecoderPool, createSandbox, type DecoderPool } from '@streamkeeper/media'
import { consume, RetriableError, type Consumer } from '@streamkeeper/pipeline'
import { createLogger, createTurns } from '@streamkeeper/runtime'
import { MemoryEventLog, MemoryObjectStore, until } from '@streamkeeper/testkit'
import { buildExpressions, buildMatcher, parseLexicon } from '@streamkeeper/text'
import type { MediaDeps } from '../deps.js'
import { forgetStream } from '../forget-stream.js'
import { createGate } from '../gate.js'
import { openPictureBanks } from '../picture-banks.js'
import { createSampling } from '../sampling/sampling.js'
import { createTextTimes } from '../text-times.js'
import { screenMedia } from './media.js'
import { createUnderway } from './underway.js'

/** What failed for a moment is tried again, by the same process with all that it remembers: the segment is looked at then. */
const segmentMs = 2_000
const now = Date.parse('2026-01-01T00:00:00.000Z')
const identity = { name: 'none', version: '1', sha256: 'a'.repeat(64) }
const rules = SamplingRules.parse({ intervalMs: segmentMs })
const noFacts = { get: () => undefined, refresh: () => Promise.resolve(), forget: () => undefined }
const words = parseLexicon('word,category,severity,match,variants\nkite,FRAUD,90,auto,all\n', 'words').lexicon
const lexicon = { matcher: buildMatcher([words]), expressions: buildExpressions([]), identity }
const banks = await openPictureBanks([], createLogger({ name: 'screen', level: 'fatal' }))
const box = [[0, 0], [9, 0], [9, 9], [0, 9]] // prettier-ignore

/** Two seconds of the test card, with one keyframe. */
const card = execFileSync(
  'ffmpeg',
  `-v error -loop 1 -framerate 25 -i ${testCardPath} -t 2 -vf scale=1280:720 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 50 -f mpegts -`.split(
    ' ',
  ),
  { maxBuffer: 2 ** 24 },
)

class Lane {
  readonly log = new MemoryEventLog(() => now)
  readonly spool = new MemoryObjectStore(() => now)
  readonly rows: NewStretch[] = []
  readonly decoders: DecoderPool = createDecoderPool({ sandbox: createSandbox(), maxProcesses: 2 })
  /** So many calls of the coverage fail. */
  coverageAway = 0
  isEvidenceAway = false
  /** Times that evidence could not be stored meanwhile. */
  failed = 0
  /** Called when text is read. */
  onText: () => void = () => undefined
  consumer: Consumer | undefined

  async start(segments: number, fault: (one: Lane) => void): Promise<void> {
    const names = ['moderation.segments', 'moderation.coverage', 'moderation.signals']
    const topic = { partitions: 1, maxRecordBytes: 1_000_000, retentionMs: 1_000 }
    await this.log.ensureTopics(names.map((name) => ({ ...topic, name })))
    await this.spool.put('spool/card', card, { contentType: 'video/mp2t' })
    for (let n = 0; n < segments; n += 1) this.log.append(segmentOf(n))
    const deps = this.#open()
    fault(this)
    this.consumer = await consume({
      log: this.log,
      group: 'screen-media',
      topics: ['moderation.segments'],
      maxInFlight: 64,
      maxInFlightBytes: 1_000_000,
      backOff: { firstMs: 1, capMs: 1 },
      drainTimeoutMs: 50,
      process: (record, context) => screenMedia(deps, record, context),
      deadLetter: async (record, { message }) => expect(`${record.offset}: ${message}`).toBe('never'),
    })
    await until(() => this.rows.length === segments, { what: 'all is covered', withinMs: 30_000 })
  }

  /** The partition goes away while everything fails, and comes back. */
  async rebalance(): Promise<void> {
    this.isEvidenceAway = true
    await until(() => this.failed > 0, { what: 'it failed', withinMs: 30_000 })
    await this.log.rebalance('screen-media')
    this.isEvidenceAway = false
  }

  async stop(): Promise<void> {
    await this.consumer?.stop()
    await this.decoders.close()
  }

  /** The lanes and places of what was signalled, each once. */
  async signals(): Promise<string[]> {
    const records = await this.log.read('moderation.signals', 0, 0n, 1_000)
    const told = records.map(({ value }) => {
      const { data } = JSON.parse(String(value)) as { data: { lane: string; streamTimeMs: number } }
      return `${data.lane} ${data.streamTimeMs}`
    })
    return [...new Set(told)].sort()
  }

  #open(): MediaDeps {
    const cover = async (stretch: NewStretch, at: Date) => {
      if (this.coverageAway > 0) {
        this.coverageAway -= 1
        throw new RetriableError('away')
      }
      // As the real one: what is covered stays so, whoever comes again.
      if (!this.rows.some(({ cause }) => cause === stretch.cause)) this.rows.push(stretch)
      return [{ ...stretch, at }]
    }
    const put: MediaDeps['spool']['put'] = async (...words) => {
      if (!this.isEvidenceAway) return this.spool.put(...words)
      this.failed += 1
      throw new RetriableError('away')
    }
    const reading = { outcome: 'read', models: [], lines: [{ text: 'kite', score: 1, box }] } as unknown as TextReading
    const read = async () => (this.onText(), reading)
    const deps = {
      log: this.log,
      spool: { get: (key: string) => this.spool.get(key), put },
      topicPrefix: '',
      now: () => now,
      coverage: { cover, list: () => Promise.resolve([]) },
      decoders: this.decoders,
      underway: createUnderway({ most: 4, forget: (streamId) => forgetStream(deps, streamId) }),
      sampling: createSampling(rules, noFacts, () => now),
      gate: createGate({ changedFrom: 4, forcedLookMs: 60_000 }),
      textTimes: createTextTimes(10_000),
      pictureFloods: { mark: (_: string, signals: unknown) => signals },
      eyes: {
        models: { current: [], refresh: () => Promise.resolve(), close: () => Promise.resolve() },
        turns: createTurns(8),
        banks,
        textReader: { read, forget: () => undefined },
        lexicons: { current: lexicon },
        holdFrom: 40,
      },
    } as unknown as MediaDeps
    return deps
  }
}

function segmentOf(sequence: number) {
  const sha256 = 'a'.repeat(64)
  const at = new Date(now).toISOString()
  const origin = { topic: 'live.segments', partition: 0, offset: String(sequence), id: `s${sequence}`, source: '/p' }
  const data = {
    streamId: 's',
    sequence,
    streamTimeMs: sequence * segmentMs,
    durationMs: segmentMs,
    mediaType: 'video/mp2t' as const,
    origin: { ...origin, brokerAt: at },
    spool: { key: 'spool/card', sha256, size: card.length },
    receivedAt: at,
    sha256,
    size: card.length,
  }
  const event = { type: 'moderation.segment.accepted', id: `s-${sequence}`, source: '/ingest', subject: 's' } as const
  return encodeEvent('', { ...event, time: new Date(now), data })
}

const lane = { current: new Lane() }
beforeEach(() => {
  lane.current = new Lane()
})
afterEach(() => lane.current.stop(), 30_000)

type Fault = readonly [string, (one: Lane) => void]
const faults: readonly Fault[] = [
  ['nothing', () => undefined],
  ['the store, for the evidence of what was seen', (one) => (one.spool.faults.ambiguousPuts = 2)],
  ['the store, for the evidence of what was read', (one) => failOnce(one, () => (one.spool.faults.ambiguousPuts = 1))],
  ['the log, for what was seen', (one) => (one.log.faults.failPublishes = 1)],
  ['the log, for what was read', (one) => failOnce(one, () => (one.log.faults.failPublishes = 2))],
  ['the store, and then the partition', (one) => void one.rebalance()],
  ['the database', (one) => (one.coverageAway = 1)],
  ['the database, for longer', (one) => (one.coverageAway = 5)],
]
test.each([1, 2].flatMap((segments) => faults.map(([name, fault]) => [segments, name, fault] as const)))(
  '%d segments; away: %s',
  async (segments, _name, fault) => {
    const one = lane.current
    await one.start(segments, fault)
    const both = ['code 0', 'code 2000', 'hash 0', 'hash 2000', 'picture-text 0']
    // A stream that went away and came back may have its text read once more.
    const told = (await one.signals()).filter((name) => name !== 'picture-text 2000')
    expect(told).toEqual(both.filter((name) => segments === 2 || name.endsWith(' 0')))
    const looked = { state: 'looked', pictures: 1 }
    expect(one.rows).toMatchObject(segments === 2 ? [looked, looked] : [looked])
  },
  60_000,
)

function failOnce(one: Lane, fail: () => void): void {
  one.onText = () => {
    one.onText = () => undefined
    fail()
  }
}
