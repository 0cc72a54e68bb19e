import { SamplingRules, type EncodedRecord, type SegmentAccepted, type SignalRaised } from '@streamkeeper/contracts'
import type { ClassifierResult, TextReading } from '@streamkeeper/inference'
import { createTurns } from '@streamkeeper/runtime'
import { settle } from '@streamkeeper/testkit'
import { buildExpressions, buildMatcher, parseLexicon } from '@streamkeeper/text'
import type { MediaDeps } from '../deps.js'
import { createGate } from '../gate.js'
import { createOnce } from '../lanes/once.js'
import { createSampling } from '../sampling/sampling.js'
import { createTextTimes } from '../text-times.js'
import { examine } from './examine.js'
import type { Finding } from './finding.js'

/** The text in pictures: read last, by a reader that answers as it is told. */
const model = { name: 'm', version: '1', sha256: 'a'.repeat(64) }
const ocr = { ...model, name: 'ocr' }
const box = [[1, 2], [3, 2], [3, 4], [1, 4]] as const // prettier-ignore
const list =
  'word,category,severity,match,variants\nkite,FRAUD,90,auto,all\nfestival,allow,0,auto,all\nkite festival,allow,0,auto,all\nlantern,SPAM,30,auto,all\n'
const lexicon = {
  matcher: buildMatcher([parseLexicon(list, 'words').lexicon]),
  expressions: buildExpressions([]),
  identity: { ...model, name: 'lexicon' },
}
const linesOf = (...texts: string[]): TextReading =>
  ({
    outcome: 'read',
    lines: texts.map((text) => ({ text, score: 0.9, box })),
    models: [ocr],
  }) as unknown as TextReading
const unread = { outcome: 'failed', reason: 'overloaded', detail: 'busy' } as unknown as TextReading

/** A stream whose pictures are all alike; the model finds something when `score` is high. */
function open(answer: () => Promise<TextReading>, score = 0) {
  const published: SignalRaised[] = []
  const asked: unknown[] = []
  const noFacts = { get: () => undefined, refresh: () => Promise.resolve(), forget: () => undefined }
  const noted: number[] = []
  const sampling = createSampling(SamplingRules.parse({ intervalMs: 1_000 }), noFacts, () => 0)
  const result = { outcome: 'scored', scores: {}, labels: [{ label: 'VIOLENCE', score }], model } as ClassifierResult
  const manifest = { thresholds: { VIOLENCE: { review: 0.8, severity: 80 } } }
  const classifier = { manifest, model, classify: () => Promise.resolve(result) }
  const read = (_: unknown, options: unknown): Promise<TextReading> => (asked.push(options), answer())
  const publish = async (records: readonly EncodedRecord[]): Promise<void> =>
    void published.push(...records.map(({ value }) => (JSON.parse(String(value)) as { data: SignalRaised }).data))
  const deps = {
    eyes: {
      models: { current: [{ classifier, shadow: false }] },
      turns: createTurns(8),
      banks: { current: { identity: { ...model, name: 'picture-bank' }, bank: { match: () => [] } } },
      textReader: { read },
      lexicons: { current: lexicon },
      holdFrom: 40,
    },
    sampling: { ...sampling, noteNearHit: (_: string, atMs: number) => noted.push(atMs) },
    gate: createGate({ changedFrom: 4, forcedLookMs: 60_000 }),
    textTimes: createTextTimes(10_000),
    pictureFloods: { mark: (_: string, signals: unknown) => signals },
    spool: { put: () => Promise.resolve() },
    log: { publish },
    topicPrefix: '',
    now: () => 0,
  } as unknown as MediaDeps
  const look = (sequence: number, pictures = 1): Promise<Finding> => {
    const origin = { brokerAt: new Date(0).toISOString() }
    const segment = { streamId: 's', sequence, streamTimeMs: sequence * 2_000, durationMs: 2_000, origin }
    const shown = Array.from({ length: pictures }, (_, n) => ({
      streamTimeMs: segment.streamTimeMs + n * 1_000,
      width: 64,
      height: 64,
      rgb: Buffer.alloc(64 * 64 * 3, 120),
    }))
    const decoded = { sequence, outcome: 'decoded', pictures: shown } as const
    return examine(deps, segment as SegmentAccepted, { decoded, once: createOnce() })
  }
  return { look, published, asked, noted }
}

test('goes through the text filter, and a hit names the place of its line', async () => {
  const stream = open(async () => linesOf('hello', 'a b1ue k1te here', 'kite festival', 'lantern'))
  const finding = await stream.look(4)
  const signal = {
    lane: 'picture-text',
    label: 'FRAUD',
    score: 0.9,
    severity: 90,
    streamTimeMs: 8_000,
    evidence: { text: 'a b1ue k1te here', box, matches: [{ entry: 'kite' }], sequence: 4, still: {}, preview: {} },
  }
  expect(stream.published).toMatchObject([signal])
  expect(finding.signals).toEqual(stream.published)
  expect(finding.models.map(({ name }) => name)).toEqual(['m', 'qr-code', 'picture-bank', 'ocr'])
  expect(stream.asked).toEqual([{ streamKey: 's', streamTimeMs: 8_000 }])
  expect(stream.noted).toEqual([8_000])
})

test('what says nothing of the lists lets the gate save the next picture', async () => {
  const stream = open(async () => linesOf('hello', 'kite festival'))
  expect(await stream.look(0)).toMatchObject({ state: 'looked', signals: [] })
  expect(await stream.look(1)).toMatchObject({ state: 'not-looked', reason: 'gate' })
})

test.each([
  ['says something', linesOf('kite')],
  ['could not be read', unread],
])('what %s lets it save none', async (_name, reading) => {
  const stream = open(async () => reading)
  const finding = await stream.look(0)
  expect(finding).toMatchObject({ state: 'looked', pictures: 1 })
  expect(finding.models.some(({ name }) => name === 'ocr')).toBe(reading !== unread)
  for (const n of [1, 2]) expect(await stream.look(n)).toMatchObject({ state: 'looked', pictures: 1 })
})

test('is read only when it is time', async () => {
  const stream = open(async () => linesOf('kite'))
  for (let sequence = 0; sequence < 6; sequence += 1) await stream.look(sequence)
  expect(stream.asked).toMatchObject([{ streamTimeMs: 0 }, { streamTimeMs: 10_000 }])
})

test('what was seen on every picture is published while the text of the first is still read', async () => {
  let tell: (reading: TextReading) => void = () => undefined
  const stream = open(() => new Promise((resolve) => (tell = resolve)), 0.9)
  const work = stream.look(0, 2)
  // Nothing but the reader keeps anybody waiting.
  while (stream.asked.length === 0) await settle()
  expect(stream.published.map(({ lane, streamTimeMs }) => [lane, streamTimeMs])).toEqual([
    ['picture', 0],
    ['picture', 1_000],
  ])
  tell(linesOf('kite'))
  expect((await work).signals).toHaveLength(3)
  expect(stream.published.at(-1)).toMatchObject({ lane: 'picture-text', streamTimeMs: 0 })
})
