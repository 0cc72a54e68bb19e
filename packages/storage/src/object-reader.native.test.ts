import { s3Engine, uniqueName } from '@streamkeeper/testkit'
import { createS3ObjectReader, createS3ObjectStore, ensureBucket } from './index.js'

const limits = { maxBytes: 1_000, signal: new AbortController().signal }
const bytes = Buffer.alloc(1_000, 'media')

function optionsFor(bucket: string) {
  const { endpoint, region, accessKeyId, secretAccessKey } = s3Engine()
  return { endpoint, region, bucket, pathStyle: true, credentials: { accessKeyId, secretAccessKey } }
}

async function makeBucket(objects: Readonly<Record<string, Buffer>>): Promise<string> {
  const options = optionsFor(uniqueName('media'))
  await ensureBucket(options, { versioning: false, objectLock: false })
  const store = createS3ObjectStore(options)
  for (const [key, value] of Object.entries(objects)) await store.put(key, value, { contentType: 'video/mp2t' })
  await store.close()
  return options.bucket
}

it('reads an object of any bucket, no longer than it may be', async () => {
  const odd = 'room 1/ü+%20&=.ts'
  const bucket = await makeBucket({ 'a/0.ts': bytes, [odd]: bytes, long: Buffer.alloc(1_001), empty: Buffer.alloc(0) })
  const reader = createS3ObjectReader(optionsFor('another'))
  const read = (key: string) => reader.read({ bucket, key }, limits)
  expect(await read('a/0.ts')).toEqual({ kind: 'found', bytes })
  expect(await read(odd)).toEqual({ kind: 'found', bytes })
  expect(await read('empty')).toEqual({ kind: 'found', bytes: Buffer.alloc(0) })
  expect(await read('long')).toEqual({ kind: 'too-large', size: 1_001 })
  expect(await read('none')).toEqual({ kind: 'absent', reason: 'NoSuchKey' })
  await reader.close()
}, 60_000)

it('a bucket that is not there is an answer; wrong credentials and a store that is away are not', async () => {
  const bucket = await makeBucket({ a: bytes })
  const options = optionsFor(bucket)
  const reader = createS3ObjectReader(options)
  expect(await reader.read({ bucket: uniqueName('none'), key: 'a' }, limits)).toMatchObject({ kind: 'absent' })
  const wrong = { ...options, credentials: { ...options.credentials, secretAccessKey: 'wrong' } }
  for (const other of [wrong, { ...options, endpoint: 'http://127.0.0.1:1' }]) {
    const asked = createS3ObjectReader(other).read({ bucket, key: 'a' }, limits)
    await expect(asked).rejects.toMatchObject({ retriable: true })
  }
  const stop = new AbortController()
  stop.abort(new Error('fenced'))
  await expect(reader.read({ bucket, key: 'a' }, { ...limits, signal: stop.signal })).rejects.toThrow('fenced')
  await reader.close()
}, 60_000)
