import { execFileSync } from 'node:child_process'
import type { SegmentAccepted } from '@streamkeeper/contracts'
import { testCardPath, type Classifier, type ClassifierResult, type TextReading } from '@streamkeeper/inference'
import type { Picture } from '@streamkeeper/media'
import { createLogger } from '@streamkeeper/runtime'
import { buildExpressions, buildMatcher, parseLexicon } from '@streamkeeper/text'
import { openPictureBanks } from '../picture-banks.js'
import type { Eyes } from '../eyes.js'
import { createTurns } from '@streamkeeper/runtime'
import { lookAtPicture } from './look-at-picture.js'

const origin = { brokerAt: '2026-01-01T00:00:00.000Z' }
const segment = { streamId: 's', sequence: 4, streamTimeMs: 8_000, origin } as SegmentAccepted
const model = { name: 'm', version: '1', sha256: 'a'.repeat(64) }

function classifier(result: ClassifierResult): Classifier {
  return {
    manifest: {} as Classifier['manifest'],
    model,
    classify: () => Promise.resolve(result),
    stats: () => ({ waiting: 0, running: 0, restarts: 0, pids: [] }),
    close: () => Promise.resolve(),
  }
}

const [width, height] = [1280, 720]
const words = `-v error -i ${testCardPath} -vf scale=${width}:${height} -pix_fmt rgb24 -f rawvideo pipe:1`
const rgb = execFileSync('ffmpeg', words.split(' '), { maxBuffer: 8 * 1024 * 1024 })
const picture: Picture = { streamTimeMs: 8_000, width, height, rgb }

const logger = createLogger({ name: 'screen', level: 'fatal' })
const list =
  'word,category,severity,match,variants\nkite,FRAUD,90,auto,all\nfestival,allow,0,auto,all\nkite festival,allow,0,auto,all\nlantern,SPAM,30,auto,all\n'
const lexicons = {
  current: {
    matcher: buildMatcher([parseLexicon(list, 'words').lexicon]),
    expressions: buildExpressions([]),
    identity: { name: 'lexicon', version: '1', sha256: 'b'.repeat(64) },
    nextExpiry: null,
  },
}
const banks = await openPictureBanks([], logger)
const shadows: Classifier[] = []
const eyesOf = (classifiers: readonly Classifier[], textReader: Eyes['textReader'] = null): Eyes => ({
  models: {
    current: classifiers.map((one) => ({ classifier: one, shadow: shadows.includes(one) })),
    refresh: () => Promise.resolve(),
    close: () => Promise.resolve(),
  },
  turns: createTurns(8),
  banks,
  textReader,
  lexicons,
  holdFrom: 40,
})

const clean = classifier({ outcome: 'scored', scores: {}, labels: [], model })
const failing = (reason: 'timeout' | 'overloaded' | 'crashed' | 'nan'): Classifier =>
  classifier({ outcome: 'failed', reason, detail: 'why' })

it('finds the test card, and names everything that looked', async () => {
  const look = await lookAtPicture(eyesOf([clean]), { segment, picture, readText: true })
  expect(look.signals).toMatchObject([
    { label: 'TEST_CARD', lane: 'code', score: 1, streamTimeMs: 8_000 },
    {
      label: 'TEST_CARD',
      lane: 'hash',
      severity: 95,
      evidence: { banned: { note: 'the test card', mirrored: false } },
    },
  ])
  expect(new Set(look.signals.map(({ signalId }) => signalId)).size).toBe(2)
  expect(look.models.map((one) => one.name)).toEqual(['m', 'qr-code', 'picture-bank'])
  expect(look.isQuiet).toBe(false)
  expect(look.unseen).toBeNull()
}, 30_000)

it.each([
  ['timeout', 'overload'],
  ['overloaded', 'overload'],
  ['crashed', 'no-model'],
  ['nan', 'no-model'],
] as const)(
  'a model that failed by %s leaves the picture unseen (%s), and the card is found all the same',
  async (reason, unseen) => {
    const look = await lookAtPicture(eyesOf([clean, failing(reason)]), { segment, picture, readText: false })
    expect(look.unseen).toEqual({ reason: unseen, detail: `${reason}: why` })
    expect(look.signals).toHaveLength(2)
    expect(look.isQuiet).toBe(false)
  },
  30_000,
)

it('what a shadow finds is marked, and what it cannot see leaves no stretch unseen', async () => {
  const thresholds = { SEX_EXPLICIT: { severity: 80, review: 0.7, act: 0.9 } }
  const scored = classifier({ outcome: 'scored', scores: {}, labels: [{ label: 'SEX_EXPLICIT', score: 0.8 }], model })
  const finder = { ...scored, manifest: { thresholds } as unknown as Classifier['manifest'] }
  const broken = failing('crashed')
  shadows.push(finder, broken)
  const found = await lookAtPicture(eyesOf([clean, finder, broken]), { segment, picture, readText: false })
  expect(found.unseen).toBeNull()
  expect(found.signals.map(({ label, shadow }) => [label, shadow])).toEqual([
    ['SEX_EXPLICIT', true],
    ['TEST_CARD', false],
    ['TEST_CARD', false],
  ])
}, 30_000)

describe('text in the picture', () => {
  const plain: Picture = { streamTimeMs: 8_000, width: 64, height: 64, rgb: Buffer.alloc(64 * 64 * 3, 128) }
  const box: [number, number][] = [
    [1, 2],
    [3, 2],
    [3, 4],
    [1, 4],
  ]
  const models = [{ name: 'ocr', version: '1', sha256: 'c'.repeat(64) }]
  function reader(reading: TextReading): { textReader: NonNullable<Eyes['textReader']>; asked: unknown[] } {
    const asked: unknown[] = []
    const textReader = {
      models,
      read: (_picture: unknown, options: unknown) => (asked.push(options), Promise.resolve(reading)),
      forget: () => undefined,
      stats: () => ({
        waiting: 0,
        running: 0,
        restarts: 0,
        pids: [],
        streams: 0,
        looks: 0,
        looksSpared: 0,
        linesRead: 0,
        linesKnown: 0,
      }),
      close: () => Promise.resolve(),
    }
    return { textReader, asked }
  }
  const linesOf = (...texts: string[]): TextReading => ({
    outcome: 'read',
    lines: texts.map((text) => ({ text, score: 0.9, box: box as never })),
    models,
  })
  const look = (reading: TextReading, readText = true) => {
    const { textReader, asked } = reader(reading)
    return lookAtPicture(eyesOf([clean], textReader), { segment, picture: plain, readText }).then((found) => ({
      ...found,
      asked,
    }))
  }

  it('goes through the text filter, and a hit names the place of its line', async () => {
    const found = await look(linesOf('hello', 'a b1ue k1te here', 'kite festival', 'lantern'))
    expect(found.signals).toMatchObject([
      {
        lane: 'picture-text',
        label: 'FRAUD',
        score: 0.9,
        severity: 90,
        evidence: { text: 'a b1ue k1te here', box, matches: [{ entry: 'kite' }] },
      },
    ])
    expect(found.models.map(({ name }) => name)).toContain('ocr')
    expect(found.isQuiet).toBe(false)
    expect(found.asked).toEqual([{ streamKey: 's', streamTimeMs: 8_000 }])
  }, 30_000)

  it('that says nothing of the lists is quiet', async () => {
    expect(await look(linesOf('hello', 'kite festival'))).toMatchObject({ signals: [], isQuiet: true, unseen: null })
  }, 30_000)

  it('that nobody could read is not named among what looked, and saves no later look', async () => {
    const found = await look({ outcome: 'failed', reason: 'overloaded', detail: 'busy' })
    expect(found).toMatchObject({ signals: [], isQuiet: false, unseen: null })
    expect(found.models.map(({ name }) => name)).not.toContain('ocr')
  }, 30_000)

  it('is read only when it is time', async () => {
    const found = await look(linesOf('kite'), false)
    expect(found).toMatchObject({ signals: [], asked: [] })
  }, 30_000)
})
