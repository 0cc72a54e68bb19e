import { describeObjectStore, engines, uniqueName } from '@streamkeeper/testkit'
import { createS3ObjectStore, ensureBucket, probeLock } from './index.js'

function optionsFor(bucket: string) {
  const { endpoint, region, accessKeyId, secretAccessKey } = engines().s3
  return { endpoint, region, bucket, pathStyle: true, credentials: { accessKeyId, secretAccessKey } }
}

describeObjectStore('S3', {
  locks: true,
  timeoutMs: 60_000,
  makeStore: async () => {
    const options = optionsFor(uniqueName('contract'))
    await ensureBucket(options, { versioning: true, objectLock: true })
    const store = createS3ObjectStore(options)
    return { store, cleanup: () => store.close() }
  },
})

describe('buckets', () => {
  it('are made once, and what differs is said', async () => {
    const options = optionsFor(uniqueName('plain'))
    await ensureBucket(options, { versioning: false, objectLock: false })
    expect(await ensureBucket(options, { versioning: false, objectLock: false })).toEqual([])
    expect(await ensureBucket(options, { versioning: true, objectLock: true })).toEqual([
      { setting: 'versioning', expected: true, found: false },
      { setting: 'objectLock', expected: true, found: false },
    ])
  })
  it('the probe tells a locking bucket from one that only stores', async () => {
    const locked = optionsFor(uniqueName('locked'))
    await ensureBucket(locked, { versioning: true, objectLock: true })
    expect(await probeLock(createS3ObjectStore(locked))).toMatchObject({ verdict: 'locked' })
  })
  it('a store that is away is retriable', async () => {
    const store = createS3ObjectStore({ ...optionsFor('nowhere'), endpoint: 'http://127.0.0.1:1' })
    await expect(store.ping()).rejects.toMatchObject({ retriable: true })
    await expect(store.put('k', Buffer.from('x'), { contentType: 'text/plain' })).rejects.toMatchObject({
      retriable: true,
    })
  })
})
