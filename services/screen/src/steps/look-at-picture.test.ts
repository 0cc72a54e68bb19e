import { execFileSync } from 'node:child_process'
import type { SegmentAccepted } from '@streamkeeper/contracts'
import { testCardPath, type Classifier, type ClassifierResult } from '@streamkeeper/inference'
import type { Picture } from '@streamkeeper/media'
import { createLogger } from '@streamkeeper/runtime'
import { buildExpressions, buildMatcher } from '@streamkeeper/text'
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
const lexicons = {
  current: {
    matcher: buildMatcher([]),
    expressions: buildExpressions([]),
    identity: { name: 'lexicon', version: '1', sha256: 'b'.repeat(64) },
    nextExpiry: null,
  },
}
const banks = await openPictureBanks([], logger)
const shadows: Classifier[] = []
const eyesOf = (classifiers: readonly Classifier[]): Eyes => ({
  models: {
    current: classifiers.map((one) => ({ classifier: one, shadow: shadows.includes(one) })),
    refresh: () => Promise.resolve(),
    close: () => Promise.resolve(),
  },
  turns: createTurns(8),
  banks,
  textReader: null,
  lexicons,
  holdFrom: 40,
})

const clean = classifier({ outcome: 'scored', scores: {}, labels: [], model })
const failing = (reason: 'timeout' | 'overloaded' | 'crashed' | 'nan'): Classifier =>
  classifier({ outcome: 'failed', reason, detail: 'why' })

it('finds the test card, and names everything that looked', async () => {
  const look = await lookAtPicture(eyesOf([clean]), { segment, picture })
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
    const look = await lookAtPicture(eyesOf([clean, failing(reason)]), { segment, picture })
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
  const found = await lookAtPicture(eyesOf([clean, finder, broken]), { segment, picture })
  expect(found.unseen).toBeNull()
  expect(found.signals.map(({ label, shadow }) => [label, shadow])).toEqual([
    ['SEX_EXPLICIT', true],
    ['TEST_CARD', false],
    ['TEST_CARD', false],
  ])
}, 30_000)
