import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { testCardPath } from '@streamkeeper/inference'
import { cutSegments, encodeStillClip } from '@streamkeeper/media'
import { createDirectoryObjectStore, createS3ObjectStore, ensureBucket } from '@streamkeeper/storage'
import { uniqueName, until } from '@streamkeeper/testkit'
import { makeCertificate } from '../harness/make-certificate.js'
import { startSystem, type System } from '../harness/start-system.js'

/** A platform that leaves its media on a server and in a bucket of its own, and publishes where it lies. */
const folder = mkdtempSync(join(tmpdir(), 'streamkeeper-references-'))
const bucket = uniqueName('platform-media')
const stream = 'referred-1'
let segments: readonly Buffer[]
let server: Server
let system: System
const asked: string[] = []

beforeAll(async () => {
  await encodeStillClip(testCardPath, 4, join(folder, 'card.mp4'))
  const cut = await cutSegments(join(folder, 'card.mp4'), join(folder, 'card'), { segmentMs: 2_000 })
  segments = cut.map(({ path }) => readFileSync(path))
  const { authority, certificate, key } = await makeCertificate(folder)
  server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, answer) => {
    asked.push(request.url ?? '')
    answer.end(segments[0])
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  system = await startSystem({
    services: ['ingest', 'screen'],
    env: {
      STREAMKEEPER_MEDIA_HOSTS: `localhost:${port}`,
      STREAMKEEPER_MEDIA_PRIVATE_ADDRESSES: '127.0.0.1/32,::1/128',
      STREAMKEEPER_MEDIA_BUCKETS: bucket,
      NODE_EXTRA_CA_CERTS: authority,
    },
  })
  await putObject('room/1.ts', of(1))
  const { events, producer } = system
  const urls = [`https://localhost:${port}/room/0.ts?sig=secret`, `s3://${bucket}/room/1.ts`]
  await producer.send(events.account('streamer'), events.started(stream, 'streamer'))
  await producer.send(
    ...urls.map((url, sequence) => events.segmentAt(url, { streamId: stream, sequence, bytes: of(sequence) })),
  )
}, 120_000)

afterAll(async () => {
  await system.stop()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

const of = (sequence: number): Buffer => segments[sequence] ?? Buffer.alloc(0)
const on = (topic: 'moderation.segments' | 'moderation.coverage' | 'moderation.dlq') =>
  system.recorder.on(topic).filter(({ subject }) => subject === stream)

/** Into the store of this run's set, as the platform would. */
async function putObject(key: string, bytes: Buffer): Promise<void> {
  const {
    STREAMKEEPER_OBJECTS_DIR: root,
    STREAMKEEPER_S3_ENDPOINT: endpoint,
    STREAMKEEPER_S3_REGION: region = '',
  } = system.env
  const options = { endpoint: endpoint ?? '', region, bucket, pathStyle: true }
  if (root === undefined) await ensureBucket(options, { versioning: false, objectLock: false })
  const store =
    root === undefined ? createS3ObjectStore(options) : createDirectoryObjectStore({ root: join(root, bucket) })
  await store.put(key, bytes, { contentType: 'video/mp2t' })
  await store.close()
}

test('what a server and a bucket hold is accepted, kept in the spool and looked at', async () => {
  await system.explain(async () => {
    await until(() => on('moderation.coverage').length >= 2, { what: 'coverage of both', withinMs: 60_000 })
    expect(on('moderation.dlq')).toEqual([])
    for (const { data } of on('moderation.segments')) {
      const { key } = data['spool'] as { key: string }
      expect((await system.spool.get(key))?.bytes.equals(of(Number(data['sequence'])))).toBe(true)
      // Where the media lay is the platform's matter, and may hold a signature.
      expect(data).not.toHaveProperty('url')
    }
    expect(on('moderation.segments').map(({ data }) => data['sequence'])).toEqual([0, 1])
    const stretches = on('moderation.coverage').map(({ data }) => [data['fromMs'], data['toMs'], data['state']])
    expect(stretches.toSorted(([a], [b]) => Number(a) - Number(b))).toEqual([
      [0, 2_000, 'looked'],
      [2_000, 4_000, 'looked'],
    ])
    expect(asked).toEqual(['/room/0.ts?sig=secret'])
  })
}, 90_000)
