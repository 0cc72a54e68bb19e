import { encodeEvent, SamplingRules, type EncodedRecord } from '@streamkeeper/contracts'
import { listCoverage, type Database, type StretchRow } from '@streamkeeper/database'
import type { Classifier, ClassifierResult } from '@streamkeeper/inference'
import type { DecodedSegment, DecoderPool, Segment } from '@streamkeeper/media'
import { consume, type Consumer } from '@streamkeeper/pipeline'
import { MemoryEventLog, MemoryObjectStore, until } from '@streamkeeper/testkit'
import { buildExpressions, buildMatcher } from '@streamkeeper/text'
import type { MediaDeps } from '../deps.js'
import { createGate } from '../gate.js'
import { createSampling } from '../sampling/sampling.js'
import { createTextTimes } from '../text-times.js'
import { screenMedia } from './media.js'
import { createTurns } from '@streamkeeper/runtime'
import { createCoverage } from './coverage.js'
import { createUnderway } from './underway.js'

export const hourMs = 3_600_000
const start = Date.UTC(2026, 0, 1)
const [width, height] = [64, 64]
const segmentsTopic = 'moderation.segments'

export const fates = [
  'decoder-failed',
  'no-keyframe',
  'timeout',
  'media-missing',
  'overload',
  'no-model',
  'late',
] as const
export type Fate = 'pictures' | (typeof fates)[number]

export type Fault = 'crash' | 'rebalance' | 'lost-commit' | 'log-away'

export interface Part {
  readonly kind: 'segment' | 'gap' | 'jump' | 'late'
  readonly ms: number
  readonly fate: Fate
  /** Which of three grounds is on the picture: the same one as before is saved by the gate. */
  readonly ground: number
  /** So much of its time the next one takes again. */
  readonly overlapMs: number
  /** How far its record is moved in the log. */
  readonly moved: number
}

export interface Placed extends Part {
  readonly fromMs: number
  readonly sequence: number
  readonly durationMs: number
}

/** Parts one behind the other until the hour is full; what ends it is a segment, and nothing overlaps its end. */
function place(parts: readonly Part[]): Placed[] {
  const placed: Placed[] = []
  let at = 0
  for (let n = 0; at < hourMs; n += 1) {
    const one = parts[n % parts.length] as Part
    const left = hourMs - at
    const isLast = left <= 60_000
    const ms = isLast ? left : Math.min(one.ms, left)
    const overlapMs = !isLast && left - ms > 1_000 ? one.overlapMs : 0
    const kind = isLast ? 'segment' : one.kind
    placed.push({ ...one, kind, fromMs: at, sequence: n, durationMs: Math.min(60_000, ms + overlapMs) })
    at += ms
  }
  return placed
}

let made = 0
/** One stream of an hour, screened from the log to the database. */
export class Hour {
  readonly streamId = `hour-${(made += 1)}`
  readonly log = new MemoryEventLog(() => start)
  readonly spool = new MemoryObjectStore()
  readonly placed: readonly Placed[]
  readonly #bySequence: ReadonlyMap<number, Placed>
  #deps: MediaDeps
  readonly #consumers: Consumer[] = []

  constructor(
    readonly database: Database,
    parts: readonly Part[],
  ) {
    this.placed = place(parts)
    this.#bySequence = new Map(this.placed.map((one) => [one.sequence, one]))
    this.#deps = this.#open()
  }

  async run(faults: readonly Fault[]): Promise<void> {
    const topic = { partitions: 1, maxRecordBytes: 1_000_000, retentionMs: 1_000 }
    const names = [segmentsTopic, 'moderation.coverage', 'moderation.signals']
    await this.log.ensureTopics(names.map((name) => ({ ...topic, name })))
    for (const { fate, sequence } of this.placed)
      if (fate !== 'media-missing')
        await this.spool.put(`spool/${sequence}`, Buffer.from('x'), { contentType: 'video/mp2t' })
    for (const record of this.#records()) this.log.append(record)
    try {
      await this.#start()
      for (const [n, one] of faults.entries()) await this.#inject(one, (n + 1) / (faults.length + 1))
      await until(async () => (await this.#done()) === 1, { what: 'all is read', withinMs: 60_000 })
    } finally {
      await Promise.all(this.#consumers.map((consumer) => consumer.stop()))
    }
  }

  rows(): Promise<StretchRow[]> {
    return listCoverage(this.database, this.streamId)
  }

  /** In order of the log: what the stretches were published as, each id once. */
  async published(): Promise<{ fromMs: number; toMs: number; state: string; reason?: string }[]> {
    const records = await this.log.read('moderation.coverage', 0, 0n, 100_000)
    const byId = new Map<string, Record<string, unknown>>()
    for (const { value } of records) {
      const { id, data } = JSON.parse(String(value)) as { id: string; data: Record<string, unknown> }
      const { sequence: _, ...rest } = data
      if (byId.has(id)) expect(rest).toEqual(byId.get(id))
      byId.set(id, rest)
    }
    return [...byId.values()] as never
  }

  #records(): EncodedRecord[] {
    const events = this.placed.flatMap((one, at) => {
      const place = at + one.moved
      if (one.kind === 'jump') return []
      if (one.kind === 'segment') return [{ place, record: this.#segment(one) }]
      const gap = { place: at, record: this.#missing(one) }
      return one.kind === 'gap' ? [gap] : [gap, { place: place + 3, record: this.#segment(one) }]
    })
    return [...events.toSorted((a, b) => a.place - b.place).map(({ record }) => record), this.#end()]
  }

  #segment({ sequence, fromMs, durationMs, fate }: Placed): EncodedRecord {
    const sha256 = 'a'.repeat(64)
    // Longer ago than the policy looks back.
    const brokerAt = new Date(fate === 'late' ? start - 600_000 : start).toISOString()
    const origin = {
      topic: 'live.segments',
      partition: 0,
      offset: String(sequence),
      id: `s${sequence}`,
      source: '/p',
      brokerAt,
    }
    const data = {
      streamId: this.streamId,
      sequence,
      streamTimeMs: fromMs,
      durationMs,
      mediaType: 'video/mp2t' as const,
    }
    const spool = { key: `spool/${sequence}`, sha256, size: 1 }
    const received = { receivedAt: brokerAt, origin, spool, sha256, size: 1 }
    return this.#encode('moderation.segment.accepted', `segment-${sequence}`, { ...data, ...received })
  }

  #missing({ sequence, fromMs, durationMs, overlapMs }: Placed): EncodedRecord {
    const stretch = { fromMs, toMs: fromMs + durationMs - overlapMs, fromSequence: sequence, toSequence: sequence }
    const data = { streamId: this.streamId, ...stretch, detectedAt: new Date(start).toISOString() }
    return this.#encode('moderation.segment.missing', `gap-${sequence}`, data)
  }

  #end(): EncodedRecord {
    const data = { streamId: this.streamId, index: 0, reason: 'end' as const, closedAt: new Date(start).toISOString() }
    return this.#encode('moderation.window.closed', 'end', data)
  }

  #encode(type: Parameters<typeof encodeEvent>[1]['type'], id: string, data: object): EncodedRecord {
    const input = { type, id, source: '/ingest', subject: this.streamId, time: new Date(start), data }
    return encodeEvent('', input as Parameters<typeof encodeEvent>[1])
  }

  /** Everything that a process holds: a crash takes it away. */
  #open(): MediaDeps {
    // Late ones are left out, and thin no others.
    const overload = { thinFromMs: 590_000, thinnedMs: 599_000, skipFromMs: 595_000 }
    const rules = SamplingRules.parse({ intervalMs: 2_000, overload })
    const noFacts = { get: () => undefined, refresh: () => Promise.resolve(), forget: () => undefined }
    const model = { name: 'm', version: '1', sha256: 'a'.repeat(64) }
    const scored: ClassifierResult = { outcome: 'scored', scores: {}, labels: [], model }
    const failed = (reason: 'overloaded' | 'crashed'): ClassifierResult => ({
      outcome: 'failed',
      reason,
      detail: reason,
    })
    const classify: Classifier['classify'] = async ({ rgb }) => {
      await new Promise((resolve) => setTimeout(resolve, (rgb[1] ?? 0) % 3))
      return rgb[0] === 1 ? failed('overloaded') : rgb[0] === 2 ? failed('crashed') : scored
    }
    const classifier = { manifest: { thresholds: {} }, model, classify }
    const identity = { ...model, name: 'picture-bank' }
    return {
      coverage: createCoverage(this.database),
      log: this.log,
      spool: this.spool,
      topicPrefix: '',
      now: () => start,
      decoders: this.#decoders(),
      underway: createUnderway({ most: 4, forget: () => Promise.resolve() }),
      sampling: createSampling(rules, noFacts, () => start),
      gate: createGate({ changedFrom: 4, forcedLookMs: 60_000 }),
      textTimes: createTextTimes(undefined),
      pictureFloods: { mark: (_: string, signals: unknown) => signals },
      eyes: {
        models: { current: [{ classifier, shadow: false }] },
        turns: createTurns(8),
        banks: { current: { identity, bank: { match: () => [] } } },
        textReader: null,
        lexicons: { current: { matcher: buildMatcher([]), expressions: buildExpressions([]), identity } },
      },
    } as unknown as MediaDeps
  }

  /** As the real one it gives a segment's pictures when the next one comes, after a time, or at the end. */
  #decoders(): DecoderPool {
    let flush = (): void => undefined
    const end = (): Promise<void> => Promise.resolve(flush())
    const feed = (_: string, __: string, segment: Segment): Promise<DecodedSegment> => {
      flush()
      return new Promise((resolve) => {
        const timer = setTimeout(() => flush(), 50)
        flush = () => {
          clearTimeout(timer)
          resolve(this.#decode(segment))
        }
      })
    }
    return { feed, end, close: end, size: 0, pids: [] }
  }

  #decode({ sequence, streamTimeMs }: Segment): DecodedSegment {
    const { fate, ground } = this.#bySequence.get(sequence) ?? { fate: 'pictures' as const, ground: 0 }
    if (fate === 'decoder-failed' || fate === 'no-keyframe' || fate === 'timeout')
      return { sequence, outcome: 'failed', reason: fate, detail: 'planned' }
    const rgb = Buffer.alloc(width * height * 3, 60 + ground * 50)
    rgb[0] = fate === 'overload' ? 1 : fate === 'no-model' ? 2 : 3
    rgb[1] = sequence % 256
    return { sequence, outcome: 'decoded', pictures: [{ streamTimeMs, width, height, rgb }] }
  }

  async #start(): Promise<void> {
    const deps = this.#deps
    const consumer = await consume({
      log: this.log,
      group: 'screen-media',
      topics: [segmentsTopic],
      maxInFlight: 16,
      maxInFlightBytes: 1_000_000,
      commitEveryMs: 1,
      drainTimeoutMs: 2_000,
      backOff: { firstMs: 1, capMs: 1 },
      process: (record, context) => screenMedia(deps, record, context),
      deadLetter: async (record, { message }) => expect(`${record.offset}: ${message}`).toBe('never'),
    })
    this.#consumers.push(consumer)
    // What fails is seen by what is missing in the coverage.
    consumer.ended.catch(() => undefined)
  }

  async #inject(one: Fault, share: number): Promise<void> {
    await until(async () => (await this.#done()) >= share, { what: `${share} is read`, withinMs: 60_000, everyMs: 2 })
    if (one === 'rebalance') await this.log.rebalance('screen-media')
    else if (one === 'lost-commit') this.log.faults.failCommits += 2
    else if (one === 'log-away') this.log.faults.failPublishes += 3
    else {
      await this.log.crash('screen-media')
      this.#deps = this.#open()
      await this.#start()
    }
  }

  /** Which share of the log is committed. */
  async #done(): Promise<number> {
    const [lag] = await this.log.lag('screen-media', [segmentsTopic])
    return lag === undefined || lag.end === 0n ? 0 : Number(lag.committed) / Number(lag.end)
  }
}
