import { describeObjectStore, s3Engine, uniqueName } from '@streamkeeper/testkit'
import { createS3ObjectStore, ensureBucket, probeLock } from './index.js'

function optionsFor(bucket: string) {
  const { endpoint, region, accessKeyId, secretAccessKey } = s3Engine()
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
  it('the probe finds that a locking bucket refuses every attempt', async () => {
    const locked = optionsFor(uniqueName('locked'))
    await ensureBucket(locked, { versioning: true, objectLock: true })
    const { verdict, checks } = await probeLock(locked)
    expect(checks.filter(({ ok }) => !ok)).toEqual([])
    expect(verdict).toBe('locked')
    expect(checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'an earlier date is refused',
        'a weaker mode is refused',
        'deleting the version with bypass is refused',
      ]),
    )
  })
  it('wrong credentials are retriable, and no refusal', async () => {
    const options = optionsFor(uniqueName('locked'))
    await ensureBucket(options, { versioning: true, objectLock: true })
    const key = { accessKeyId: options.credentials.accessKeyId, secretAccessKey: 'wrong' }
    const store = createS3ObjectStore({ ...options, credentials: key })
    const put = store.put('k', Buffer.from('x'), { contentType: 'text/plain' })
    await expect(put).rejects.toMatchObject({ retriable: true })
    await expect(store.remove('k', 'v1')).rejects.toMatchObject({ retriable: true })
    await store.close()
  })
  it('a store that is away is retriable', async () => {
    const store = createS3ObjectStore({ ...optionsFor('nowhere'), endpoint: 'http://127.0.0.1:1' })
    await expect(store.ping()).rejects.toMatchObject({ retriable: true })
    await expect(store.put('k', Buffer.from('x'), { contentType: 'text/plain' })).rejects.toMatchObject({
      retriable: true,
    })
  })
})
