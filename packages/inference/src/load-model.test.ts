import { mkdir, rename, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadManifest, loadModel, modelDir, ModelRefusedError } from './index.js'
import { describeTinyModel, makeTinyModel, writeModelDir } from '../test-support/tiny-model.js'

const good = makeTinyModel({})

async function refusalOf(dir: string): Promise<ModelRefusedError> {
  const error: unknown = await loadModel(dir).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(ModelRefusedError)
  return error as ModelRefusedError
}

test('a good model is loaded as the very bytes that its digest covers', async () => {
  const { manifest, bytes } = await loadModel(await writeModelDir(good))
  expect(manifest.name).toBe('tiny')
  expect(bytes.equals(good)).toBe(true)
}, 30_000)

test('the shipped model loads and speaks in label codes', async () => {
  const manifest = await loadManifest(modelDir('nsfw'))
  expect(manifest.labels).toContainEqual({ raw: 'Porn', label: 'SEX_EXPLICIT' })
  await expect(loadModel(modelDir('nsfw'))).resolves.toMatchObject({ manifest: { name: 'nsfw-mobilenet-v2' } })
}, 30_000)

test('one flipped byte anywhere is refused by digest, with code and without retry', async () => {
  for (const place of [0, Math.floor(good.length / 2), good.length - 1]) {
    const flipped = Buffer.from(good)
    flipped.writeUInt8(flipped.readUInt8(place) ^ 1, place)
    const error = await refusalOf(await writeModelDir(flipped, { sha256: describeTinyModel(good).sha256 }))
    expect(error).toMatchObject({ code: 'MODEL_REFUSED', reason: 'digest', retriable: false })
  }
}, 30_000)

test.each([
  '../tiny.onnx',
  '/etc/passwd',
  'a/../../tiny.onnx',
  '..',
  '.',
  'a//b',
  'a\\..\\b',
  '',
  './tiny.onnx',
  'C:\\x',
])(
  'the path %j is refused',
  async (file) => {
    expect(await refusalOf(await writeModelDir(good, { file }))).toMatchObject({ reason: 'path' })
  },
  30_000,
)

test('a symbolic link out of the folder is refused, also as a folder on the way', async () => {
  const outside = await writeModelDir(good)
  const dir = await writeModelDir(good, { file: 'link.onnx' })
  await symlink(join(outside, 'tiny.onnx'), join(dir, 'link.onnx'))
  expect(await refusalOf(dir)).toMatchObject({ reason: 'path' })
  const deep = await writeModelDir(good, { file: 'sub/tiny.onnx' })
  await symlink(outside, join(deep, 'sub'))
  expect(await refusalOf(deep)).toMatchObject({ reason: 'path' })
}, 30_000)

test('what is missing, no regular file or too large is refused', async () => {
  expect(await refusalOf(await writeModelDir(good, { file: 'other.onnx' }))).toMatchObject({ reason: 'missing' })
  const folder = await writeModelDir(good, { file: 'sub' })
  await mkdir(join(folder, 'sub'))
  expect(await refusalOf(folder)).toMatchObject({ reason: 'path' })
  const large = await writeModelDir(good)
  await truncate(join(large, 'tiny.onnx'), 257 * 1024 * 1024)
  expect(await refusalOf(large)).toMatchObject({ reason: 'size' })
  const bare = await writeModelDir(good)
  await rename(join(bare, 'manifest.json'), join(bare, 'gone.json'))
  expect(await refusalOf(bare)).toMatchObject({ reason: 'missing' })
}, 30_000)

test('a manifest that is not JSON is refused', async () => {
  const dir = await writeModelDir(good)
  await writeFile(join(dir, 'manifest.json'), '{"name":')
  expect(await refusalOf(dir)).toMatchObject({ reason: 'manifest' })
}, 30_000)

const tiny = describeTinyModel(good)
test.each<[string, Record<string, unknown>]>([
  ['an unknown label', { labels: tiny.labels.map((entry) => ({ ...entry, label: 'NAUGHTY' })) }],
  ['too few labels', { labels: tiny.labels.slice(1) }],
  ['a raw label twice', { labels: tiny.labels.map((entry) => ({ ...entry, raw: 'a' })) }],
  ['a label without threshold', { thresholds: {} }],
  ['review above act', { thresholds: { ...tiny.thresholds, GORE: { severity: 70, review: 0.9, act: 0.5 } } }],
  ['two channels', { input: { ...tiny.input, shape: [1, 2, 2, 2] } }],
  ['an unknown field', { external: true }],
  ['a digest that is none', { sha256: 'abc' }],
])(
  'a manifest with %s is refused',
  async (_what, changes) => {
    expect(await refusalOf(await writeModelDir(good, changes))).toMatchObject({ reason: 'manifest' })
  },
  30_000,
)

test('a model that reads another file is refused though its digest is right', async () => {
  expect(await refusalOf(await writeModelDir(makeTinyModel({ external: true })))).toMatchObject({
    reason: 'external-data',
  })
}, 30_000)

test('bytes that are no ONNX are refused though their digest is right', async () => {
  expect(await refusalOf(await writeModelDir(Buffer.from('not a model')))).toMatchObject({ reason: 'malformed' })
  expect(await refusalOf(await writeModelDir(good.subarray(0, good.length - 3)))).toMatchObject({ reason: 'malformed' })
}, 30_000)
