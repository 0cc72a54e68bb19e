import { execFileSync } from 'node:child_process'
import type { SegmentAccepted } from '@streamkeeper/contracts'
import { testCardPath, type Classifier, type ClassifierResult } from '@streamkeeper/inference'
import type { Picture } from '@streamkeeper/media'
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

const clean = classifier({ outcome: 'scored', scores: {}, labels: [], model })
const failing = (reason: 'timeout' | 'overloaded' | 'crashed' | 'nan'): Classifier =>
  classifier({ outcome: 'failed', reason, detail: 'why' })

it('finds the test card, and names everything that looked', async () => {
  const look = await lookAtPicture([clean], segment, picture)
  expect(look.signals).toMatchObject([{ label: 'TEST_CARD', lane: 'code', score: 1, streamTimeMs: 8_000 }])
  expect(look.models.map((one) => one.name)).toEqual(['m', 'qr-code'])
  expect(look.unseen).toBeNull()
})

it.each([
  ['timeout', 'overload'],
  ['overloaded', 'overload'],
  ['crashed', 'no-model'],
  ['nan', 'no-model'],
] as const)(
  'a model that failed by %s leaves the picture unseen (%s), and the card is found all the same',
  async (reason, unseen) => {
    const look = await lookAtPicture([clean, failing(reason)], segment, picture)
    expect(look.unseen).toEqual({ reason: unseen, detail: `${reason}: why` })
    expect(look.signals).toHaveLength(1)
  },
)
