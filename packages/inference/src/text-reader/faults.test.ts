import { createTextReader, type TextReader, type TextReaderOptions } from '../index.js'
import { ensureBuilt } from '../../test-support/ensure-built.js'
import {
  makeTinyDetection,
  makeTinyRecognition,
  writeDetectionDir,
  writeRecognitionDir,
} from '../../test-support/tiny-text-models.js'

const picture = { width: 64, height: 64, rgb: Buffer.alloc(64 * 64 * 3, 200) }
const other = { ...picture, rgb: Buffer.from(picture.rgb.map((value, index) => (index % 30 < 15 ? value : 20))) }
const key = { streamKey: 'stream', streamTimeMs: 0 }
const open: TextReader[] = []

interface Tiny extends TextReaderOptions {
  detection?: Buffer
  recognition?: Buffer
  detectionManifest?: Record<string, unknown>
  recognitionManifest?: Record<string, unknown>
}

async function start({ detection, recognition, detectionManifest, recognitionManifest, ...options }: Tiny = {}) {
  const detectionDir = await writeDetectionDir(detection ?? makeTinyDetection(), detectionManifest)
  const recognitionDir = await writeRecognitionDir(recognition ?? makeTinyRecognition(), recognitionManifest)
  const reader = await createTextReader({ detectionDir, recognitionDir, ...options })
  open.push(reader)
  return reader
}

function pidsOf(reader: TextReader): [detection: number, recognition: number] {
  const [detection, recognition] = reader.stats().pids
  if (detection === undefined || recognition === undefined) throw new Error('no processes')
  return [detection, recognition]
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

beforeAll(ensureBuilt, 60_000)
afterEach(async () => {
  await Promise.all(open.splice(0).map((reader) => reader.close()))
})

test('the tiny models read one line over all of the picture', async () => {
  const reader = await start()
  const reading = await reader.read(picture)
  expect(reading).toMatchObject({ outcome: 'read', lines: [{ text: 'a' }] })
  expect(reading.outcome === 'read' && reading.models[0]?.sha256).toMatch(/^[0-9a-f]{64}$/)
})

test.each<[string, Tiny]>([
  ['finds lines', { detection: makeTinyDetection({ weight: Number.NaN }) }],
  ['reads lines', { recognition: makeTinyRecognition({ weight: Number.NaN }) }],
])(
  'NaN from the model that %s is a failure, never a picture without text, and nothing is remembered',
  async (_what, tiny) => {
    const reader = await start(tiny)
    for (let time = 0; time < 2; time++) {
      expect(await reader.read(picture, key)).toMatchObject({ outcome: 'failed', reason: 'nan' })
    }
    expect(reader.stats()).toMatchObject({ streams: 0, looksSpared: 0 })
  },
)

test.each<[string, Tiny, string]>([
  ['a flipped digest', { detectionManifest: { sha256: '0'.repeat(64) } }, 'digest'],
  [
    'other letters than the manifest knows',
    { recognitionManifest: { keys: { file: 'keys.txt', sha256: '0'.repeat(64) } } },
    'digest',
  ],
  [
    'more classes than letters',
    { recognitionManifest: { output: { name: 'output', shape: [1, null, 9], kind: 'ctc' } } },
    'manifest',
  ],
  [
    'letters outside of its folder',
    { recognitionManifest: { keys: { file: '../keys.txt', sha256: '0'.repeat(64) } } },
    'manifest',
  ],
  ['other classes than it says', { recognition: makeTinyRecognition({ classes: 5 }) }, 'shape'],
  ['a fixed side where it says open', { detection: makeTinyDetection({ sides: [1, 3, 64, 64] }) }, 'shape'],
  ['two channels', { detectionManifest: { input: { name: 'input', shape: [1, 2, null, null] } } }, 'manifest'],
  ['bytes that are no model', { recognition: Buffer.from('not a model') }, 'malformed'],
])('a model with %s is refused at the start', async (_what, tiny, reason) => {
  await expect(start(tiny)).rejects.toMatchObject({ code: 'MODEL_REFUSED', reason })
})

test('a classifier is no text reader', async () => {
  const { modelDir } = await import('../index.js')
  await expect(createTextReader({ detectionDir: modelDir('nsfw') })).rejects.toMatchObject({ reason: 'manifest' })
})

test('kill -9 of either process fails that picture only, and what was known stays known', async () => {
  const reader = await start({ deadlineMs: 30_000 })
  await reader.read(picture, key)
  const [detection, recognition] = pidsOf(reader)
  const { linesRead } = reader.stats()
  for (const [pid, hasIt] of [
    // A picture comes to the second process when the first has answered: killed before that, it is there again in time.
    [recognition, () => reader.stats().linesRead > linesRead],
    [detection, () => true],
  ] as const) {
    process.kill(pid, 'SIGSTOP')
    const running = reader.read(other, { ...key, streamTimeMs: 1 })
    await until(hasIt)
    process.kill(pid, 'SIGKILL')
    expect(await running).toMatchObject({ outcome: 'failed', reason: 'crashed' })
  }
  expect(await reader.read(picture, { ...key, streamTimeMs: 2 })).toMatchObject({ outcome: 'read' })
  expect(reader.stats()).toMatchObject({ looksSpared: 1 })
  expect(await reader.read(other, { ...key, streamTimeMs: 3 })).toMatchObject({
    outcome: 'read',
    lines: [{ text: 'a' }],
  })
  expect(reader.stats().restarts).toBe(2)
}, 60_000)

test('a process that hangs is ended at the deadline, and the next picture is read', async () => {
  const reader = await start({ deadlineMs: 3000 })
  process.kill(pidsOf(reader)[1], 'SIGSTOP')
  expect(await reader.read(picture)).toMatchObject({ outcome: 'failed', reason: 'timeout' })
  expect(await reader.read(picture)).toMatchObject({ outcome: 'read' })
}, 60_000)

test('pictures in work are bounded, what is no picture is refused, and after close everything is', async () => {
  const reader = await start({ queueLimit: 2, deadlineMs: 30_000 })
  const [detection] = pidsOf(reader)
  process.kill(detection, 'SIGSTOP')
  const taken = [reader.read(picture), reader.read(picture)]
  expect(await reader.read(picture)).toMatchObject({ outcome: 'failed', reason: 'overloaded' })
  process.kill(detection, 'SIGCONT')
  for (const reading of await Promise.all(taken)) expect(reading.outcome).toBe('read')
  expect(await reader.read({ ...picture, width: 65 })).toMatchObject({ outcome: 'failed', reason: 'refused' })
  await reader.close()
  expect(await reader.read(picture)).toMatchObject({ outcome: 'failed', reason: 'refused' })
  expect(reader.stats().pids).toEqual([])
}, 60_000)
