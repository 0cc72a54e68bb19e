import { PolicyFile, SamplingRules, type SegmentAccepted, type SignalRaised } from '@streamkeeper/contracts'
import { borrowPictureMemory, type DecodedSegment } from '@streamkeeper/media'
import { buildExpressions, buildMatcher, parseLexicon } from '@streamkeeper/text'
import type { MediaDeps } from './deps.js'
import { createGate } from './gate.js'
import { createOnce } from './lanes/once.js'
import { createPictureFloods } from './picture-floods.js'
import { createSampling } from './sampling/sampling.js'
import { examine } from './steps/examine.js'
import { createTextTimes } from './text-times.js'
import { createTurns } from '@streamkeeper/runtime'

const limits = PolicyFile.shape.pictures.parse(undefined).flood
const start = Date.parse('2026-01-01T00:00:00.000Z')
const model = { name: 'nsfw', version: '1', sha256: 'a'.repeat(64) }
const words = 'word,category,severity,match,variants\nkite,FRAUD,90,auto,all\nlantern,FRAUD,80,auto,all\n'
const lexicon = {
  matcher: buildMatcher([parseLexicon(words, 'words').lexicon]),
  expressions: buildExpressions([]),
  identity: { name: 'lexicon', version: '1', sha256: 'b'.repeat(64) },
}

/** What is seen on the picture of a stream. */
interface Shows {
  readonly score?: number
  readonly text?: string
  /** The hash of the banned picture that it looks like. */
  readonly banned?: string
  readonly label?: 'SEX_EXPLICIT' | 'CSAM' | 'TEST_CARD'
}

/** The real step over one picture a stream, with a model, a reader and a bank that answer as they are told. */
function open({ shadow = false } = {}) {
  let clock = start
  const now = (): number => clock
  const held: [readonly string[], number, string | undefined][] = []
  const told: unknown[] = []
  const pictureFloods = createPictureFloods({
    limits,
    hits: { hold: (names, until, where) => Promise.resolve(void held.push([names, until, where])) },
    logger: { error: (about: unknown) => told.push(about) },
    now,
  })
  let shows: Shows = {}
  const thresholds = { SEX_EXPLICIT: { review: 0.8, severity: 80 }, CSAM: { review: 0.8, severity: 100 } }
  const classify = () => {
    const { score, label = 'SEX_EXPLICIT' } = shows
    const labels = score === undefined ? [] : [{ label, score }]
    return Promise.resolve({ outcome: 'scored', scores: {}, labels, model })
  }
  const match = () => {
    const { banned: hash, label: category = 'SEX_EXPLICIT' } = shows
    const entry = { hash, category, severity: 95, note: '', source: 'our-bank' }
    return hash === undefined ? [] : [{ entry, distance: 3, mirrored: false }]
  }
  const box = [[0, 0], [1, 0], [1, 1], [0, 1]] // prettier-ignore
  const read = () => {
    const lines = shows.text === undefined ? [] : [{ text: shows.text, score: 0.9, box }]
    return Promise.resolve({ outcome: 'read', lines, models: [] })
  }
  const noFacts = { get: () => undefined, refresh: () => Promise.resolve(), forget: () => undefined }
  const sampling = createSampling(SamplingRules.parse({ intervalMs: 2_000 }), noFacts, now)
  const deps = {
    eyes: {
      models: { current: [{ classifier: { manifest: { thresholds }, model, classify }, shadow }] },
      turns: createTurns(8),
      banks: { current: { identity: { ...model, name: 'picture-bank' }, bank: { match } } },
      textReader: { read },
      lexicons: { current: lexicon },
      holdFrom: 40,
    },
    sampling,
    gate: createGate(null),
    textTimes: { ...createTextTimes(1), isDue: () => true },
    spool: { put: () => Promise.resolve() },
    log: { publish: () => Promise.resolve() },
    topicPrefix: '',
    now,
    pictureFloods,
  } as unknown as MediaDeps

  let sequence = 0
  async function look(streamId: string, what: Shows = {}): Promise<readonly SignalRaised[]> {
    shows = what
    sequence += 1
    const origin = { brokerAt: new Date(clock).toISOString() }
    const segment = { streamId, sequence, streamTimeMs: sequence * 2_000, durationMs: 2_000, origin } as SegmentAccepted
    sampling.begin(segment)
    const rgb = borrowPictureMemory(64 * 64 * 3).fill(120)
    const picture = { streamTimeMs: segment.streamTimeMs, width: 64, height: 64, rgb }
    const decoded: DecodedSegment = { sequence, outcome: 'decoded', pictures: [picture] }
    return (await examine(deps, segment, { decoded, once: createOnce() })).signals
  }
  /** So many streams show the same: the first by the real step, the others by what it found. Says what became of each first hit. */
  async function lookAtMany(count: number, what: Shows, name = 's'): Promise<(string | undefined)[]> {
    const seen = await look(`${name}-0`, what)
    const others = Array.from({ length: count - 1 }, (_, n) => {
      const found = seen.map(({ heldBack: _held, ...signal }) => signal as SignalRaised)
      return pictureFloods.mark(`${name}-${n + 1}`, found)
    })
    return [seen, ...others].map(([signal]) => {
      if (signal === undefined) throw new Error('every look finds something here')
      return signal.heldBack
    })
  }
  const pass = (ms: number): void => void (clock += ms)
  return { look, lookAtMany, pass, pictureFloods, held, told }
}

test('a label of a model that hits too many streams is held back: all of it stays on record, one stream in so many is a sample', async () => {
  const screen = open()
  const found = await screen.lookAtMany(220, { score: 0.9 })
  expect(found.slice(0, limits.atLeast - 1).every((one) => one === undefined)).toBe(true)
  const after = found.slice(limits.atLeast)
  expect(new Set(after)).toEqual(new Set(['sample', 'record']))
  const samples = after.filter((one) => one === 'sample').length
  expect(samples).toBeGreaterThan(after.length / limits.sampleOf / 2)
  expect(samples).toBeLessThan((after.length / limits.sampleOf) * 2)
  // By the name of the stream: the next look, and a replay, take the same ones.
  const again = await screen.lookAtMany(40, { score: 0.9 })
  expect(again.slice(limits.atLeast)).toEqual(after.slice(0, 20))
})

test('the most dangerous label is no exception, but people are told at once and get their samples', async () => {
  const screen = open()
  const found = await screen.lookAtMany(40, { score: 0.9, label: 'CSAM' })
  expect(found).toContain('sample')
  expect(screen.told).toEqual([{ source: 'nsfw CSAM' }])
  await screen.pictureFloods.flush()
  expect(screen.held).toEqual([[['nsfw CSAM'], start + 60_000, 'pictures']])
  expect(screen.pictureFloods.countHeldBack()).toBe(1)
})

test('other labels, pictures and words go on meanwhile', async () => {
  const screen = open()
  await screen.lookAtMany(24, { score: 0.9 })
  expect((await screen.look('x', { score: 0.9, label: 'CSAM' }))[0]?.heldBack).toBeUndefined()
  expect((await screen.look('x', { banned: 'c'.repeat(64) }))[0]?.heldBack).toBeUndefined()
  expect((await screen.look('x', { text: 'a kite' }))[0]?.heldBack).toBeUndefined()
  const both = await screen.look('x', { score: 0.9, text: 'a kite' })
  expect(both.map(({ lane, heldBack }) => [lane, heldBack !== undefined])).toEqual([
    ['picture', true],
    ['picture-text', false],
  ])
})

test('an entry of a bank is held back, the other entries of the bank are not', async () => {
  const screen = open()
  const found = await screen.lookAtMany(24, { banned: 'c'.repeat(64) })
  expect(found.slice(limits.atLeast).every((one) => one !== undefined)).toBe(true)
  expect((await screen.look('x', { banned: 'd'.repeat(64) }))[0]?.heldBack).toBeUndefined()
  await screen.pictureFloods.flush()
  expect(screen.held[0]?.[0]).toEqual(['our-bank SEX_EXPLICIT cccccccccccc'])
})

test('a word is held back in pictures; a line with another word besides goes on', async () => {
  const screen = open()
  const found = await screen.lookAtMany(24, { text: 'a blue kite' })
  expect(found.slice(limits.atLeast).every((one) => one !== undefined)).toBe(true)
  expect((await screen.look('x', { text: 'a kite and a lantern' }))[0]?.heldBack).toBeUndefined()
})

test('few of many streams, one stream all day, a shadow and the card of drills are never held back', async () => {
  const few = open()
  for (let n = 0; n < 215; n += 1) few.pictureFloods.mark(`quiet-${n}`, [])
  expect(new Set(await few.lookAtMany(21, { score: 0.9 }))).toEqual(new Set([undefined]))
  const one = open()
  const seen = await one.look('the same', { score: 0.9 })
  for (let n = 0; n < 1_000; n += 1) expect(one.pictureFloods.mark('the same', seen)).toEqual(seen)
  expect(new Set(await open({ shadow: true }).lookAtMany(24, { score: 0.9 }))).toEqual(new Set([undefined]))
  const card = { banned: 'e'.repeat(64), label: 'TEST_CARD' as const }
  expect(new Set(await open().lookAtMany(24, card))).toEqual(new Set([undefined]))
})

test('after its time a source is free again, and a flush tells nobody of it', async () => {
  const screen = open()
  await screen.lookAtMany(24, { score: 0.9 })
  screen.pass(limits.holdMs)
  expect((await screen.look('x', { score: 0.9 }))[0]?.heldBack).toBeUndefined()
  await screen.pictureFloods.flush()
  expect(screen.held).toEqual([])
  expect(screen.pictureFloods.countHeldBack()).toBe(0)
})
