import { createClassifier, modelDir, type Classifier, type ClassifierOptions } from './index.js'
import { ensureBuilt } from '../test-support/ensure-built.js'
import { makeTinyModel, writeModelDir, type TinyModel } from '../test-support/tiny-model.js'

const picture = { width: 4, height: 4, rgb: Buffer.alloc(48, 200) }
const open: Classifier[] = []

async function start(model: TinyModel, options: Partial<ClassifierOptions> = {}): Promise<Classifier> {
  const manifestDir = await writeModelDir(makeTinyModel(model))
  const classifier = await createClassifier({ manifestDir, ...options })
  open.push(classifier)
  return classifier
}

function pidOf(classifier: Classifier): number {
  const [pid] = classifier.stats().pids
  if (pid === undefined) throw new Error('no process')
  return pid
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

beforeAll(ensureBuilt, 60_000)
afterEach(async () => {
  await Promise.all(open.splice(0).map((classifier) => classifier.close()))
})

test('a picture gets scores, labels and the name of the model that gave them', async () => {
  const classifier = await start({ bias: [0, 0, 0, 0, 0] })
  const result = await classifier.classify(picture)
  expect(result).toMatchObject({ outcome: 'scored', model: { name: 'tiny', version: '1' } })
  if (result.outcome !== 'scored') throw new Error('not scored')
  expect(result.scores['a']).toBeCloseTo(0.2, 6)
  expect(result.labels.map(({ label }) => label)).toEqual(['GORE', 'WEAPONS'])
  expect(result.model.sha256).toMatch(/^[0-9a-f]{64}$/)
}, 30_000)

test('the shipped model takes its own shape and finds nothing in a grey picture', async () => {
  const classifier = await createClassifier({ manifestDir: modelDir('nsfw') })
  open.push(classifier)
  const result = await classifier.classify({ width: 320, height: 180, rgb: Buffer.alloc(320 * 180 * 3, 128) })
  expect(result.outcome === 'scored' && result.labels.every(({ score }) => score < 0.6)).toBe(true)
}, 30_000)

test.each<[string, TinyModel]>([
  ['NaN weights', { weight: Number.NaN }],
  ['infinite numbers', { weight: Infinity, softmax: false }],
  ['scores that add up to 4.5', { bias: [0.9, 0.9, 0.9, 0.9, 0.9], softmax: false }],
])(
  'a model with %s fails as nan, never as clean',
  async (_what, model) => {
    const classifier = await start(model)
    expect(await classifier.classify(picture)).toMatchObject({ outcome: 'failed', reason: 'nan' })
  },
  30_000,
)

test.each<[string, TinyModel, string]>([
  ['another input shape', { inputSides: [1, 2, 6, 1] }, 'shape'],
  ['an unknown operator', { operator: 'Gemmm' }, 'load'],
])(
  'a model with %s is refused at the start',
  async (_what, model, reason) => {
    await expect(start(model)).rejects.toMatchObject({ name: 'ModelRefusedError', code: 'MODEL_REFUSED', reason })
  },
  30_000,
)

test('another output shape than the manifest says is refused', async () => {
  const six = ['a', 'b', 'c', 'd', 'e', 'f'].map((raw) => ({ raw, label: null }))
  const changes = { output: { name: 'scores', shape: [1, 6], kind: 'distribution' }, labels: six }
  const manifestDir = await writeModelDir(makeTinyModel({}), changes)
  await expect(createClassifier({ manifestDir })).rejects.toMatchObject({ reason: 'shape' })
}, 30_000)

test('kill -9 in mid-flight fails that picture only; what waits and what comes next is looked at', async () => {
  const classifier = await start({}, { deadlineMs: 20_000 })
  const pid = pidOf(classifier)
  process.kill(pid, 'SIGSTOP')
  const running = classifier.classify(picture)
  const waiting = classifier.classify(picture)
  expect(classifier.stats()).toMatchObject({ running: 1, waiting: 1 })
  process.kill(pid, 'SIGKILL')
  expect(await running).toMatchObject({ outcome: 'failed', reason: 'crashed' })
  expect(await waiting).toMatchObject({ outcome: 'scored' })
  expect(await classifier.classify(picture)).toMatchObject({ outcome: 'scored' })
  expect(classifier.stats()).toMatchObject({ running: 0, waiting: 0, restarts: 1 })
  expect(pidOf(classifier)).not.toBe(pid)
}, 30_000)

test('a process that hangs is ended at the deadline, and its successor works', async () => {
  const classifier = await start({}, { deadlineMs: 3000 })
  const pid = pidOf(classifier)
  process.kill(pid, 'SIGSTOP')
  expect(await classifier.classify(picture)).toMatchObject({ outcome: 'failed', reason: 'timeout' })
  expect(exists(pid)).toBe(false)
  expect(await classifier.classify(picture)).toMatchObject({ outcome: 'scored' })
}, 30_000)

test('the queue is bounded: one too many is answered at once', async () => {
  const classifier = await start({}, { queueLimit: 2 })
  process.kill(pidOf(classifier), 'SIGSTOP')
  const taken = [1, 2, 3].map(() => classifier.classify(picture))
  expect(await classifier.classify(picture)).toMatchObject({ outcome: 'failed', reason: 'overloaded' })
  process.kill(pidOf(classifier), 'SIGCONT')
  for (const result of await Promise.all(taken)) expect(result.outcome).toBe('scored')
}, 30_000)

test('a picture whose bytes do not fit its size is refused', async () => {
  const classifier = await start({})
  for (const odd of [
    { width: 5 },
    { height: 0 },
    { width: Number.NaN },
    { height: 1.5 },
    { width: 1e6 },
    { rgb: Buffer.alloc(0) },
  ]) {
    expect(await classifier.classify({ ...picture, ...odd })).toMatchObject({ outcome: 'failed', reason: 'refused' })
  }
}, 30_000)

test('a process that grew above its limit is replaced between two pictures, losing none', async () => {
  const classifier = await start({}, { rssLimitBytes: 1, deadlineMs: 20_000 })
  const first = pidOf(classifier)
  const results = await Promise.all([1, 2].map(() => classifier.classify(picture)))
  expect(results.map(({ outcome }) => outcome)).toEqual(['scored', 'scored'])
  expect(classifier.stats().restarts).toBeGreaterThanOrEqual(1)
  expect(exists(first)).toBe(false)
}, 30_000)

test('several processes share the work, and close ends all of them and all that waits', async () => {
  const classifier = await start({}, { processes: 2 })
  const { pids } = classifier.stats()
  expect(new Set(pids).size).toBe(2)
  for (const pid of pids) process.kill(pid, 'SIGSTOP')
  const taken = [1, 2, 3].map(() => classifier.classify(picture))
  expect(classifier.stats()).toMatchObject({ running: 2, waiting: 1 })
  await classifier.close()
  for (const result of await Promise.all(taken)) expect(result.outcome).toBe('failed')
  expect(pids.map(exists)).toEqual([false, false])
  expect(await classifier.classify(picture)).toMatchObject({ outcome: 'failed', reason: 'refused' })
}, 30_000)
