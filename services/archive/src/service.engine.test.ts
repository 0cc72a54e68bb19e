import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import {
  encodeEvent,
  topicName,
  topics,
  type EncodedRecord,
  type SessionStarted,
  type Topic,
} from '@streamkeeper/contracts'
import { endStream, listArchiveObjects, openScratchDatabase, startStream } from '@streamkeeper/database'
import { createSpoolPart, openArchive, openEventLog, openSpool } from '@streamkeeper/engines'
import { readConfig } from '@streamkeeper/runtime'
import {
  availableSets,
  engineEnvironment,
  engines,
  uniqueName,
  until as waitUntil,
  type EngineSet,
} from '@streamkeeper/testkit'
import { settings } from './config.js'
import { digest } from './log-lines.js'
import { indexKey } from './plans.js'
import { create } from './service.js'

const at = new Date(Date.now() - 1_000).toISOString()
const streamId = 'room.1'
const source = '/test'
const context = { signal: new AbortController().signal, areDependenciesUp: () => Promise.resolve(true) }

interface Place {
  readonly set: EngineSet
  readonly name: string
  readonly prefix: string
  /** For the objects of the local set. */
  readonly folder: string
}

function configOf({ set, name, prefix, folder }: Place, databaseUrl: string) {
  const env = engineEnvironment(set, { name, databaseUrl, folder })
  // The SDK's own chain reads the process, not our settings.
  for (const key of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) process.env[key] = env[key] ?? ''
  return readConfig(settings, {
    ...env,
    STREAMKEEPER_TOPIC_PREFIX: prefix,
    STREAMKEEPER_HEALTH_PORT: '0',
    STREAMKEEPER_SEAL_AFTER_MS: '500',
    STREAMKEEPER_LOG_LEVEL: 'error',
  }).config
}

function segmentRecord(prefix: string, sequence: number, bytes: Buffer): EncodedRecord {
  const spool = { key: `media/${sequence}`, sha256: digest(bytes), size: bytes.length }
  const data = {
    streamId,
    sequence,
    streamTimeMs: sequence * 1_000,
    durationMs: 1_000,
    mediaType: 'video/mp2t' as const,
    size: bytes.length,
    sha256: spool.sha256,
    spool,
    receivedAt: at,
    origin: {
      topic: 'live.segments',
      partition: 0,
      offset: String(sequence),
      id: `s${sequence}`,
      source,
      brokerAt: at,
    },
  }
  const common = { source, subject: streamId, time: new Date(at) }
  return encodeEvent(prefix, { ...common, type: 'moderation.segment.accepted', id: `s${sequence}`, data })
}

function windowRecord(prefix: string): EncodedRecord {
  const data = { streamId, index: 0, reason: 'end' as const, closedAt: at }
  const common = { source, subject: streamId, time: new Date(at) }
  return encodeEvent(prefix, { ...common, type: 'moderation.window.closed', id: 'w0', data })
}

const day = 24 * 60 * 60 * 1000

const start: SessionStarted = {
  streamId,
  streamer: { accountId: 'a1', nickname: 'A' },
  title: 'T',
  class: 'game',
  language: 'zh',
  region: 'CN',
  tags: [],
  ingest: { address: '192.0.2.1', port: 1935 },
  startedAt: at,
} as unknown as SessionStarted

async function open(set: EngineSet) {
  const name = uniqueName('arc')
  const place = { set, name, prefix: `${name}.`, folder: await mkdtemp(join(tmpdir(), 'archive-')) }
  const scratch = await openScratchDatabase(engines().postgres.url)
  const config = configOf(place, scratch.url)
  const log = openEventLog(config, { clientId: name })
  const [spool, archive] = [openSpool(config), openArchive(config)]
  await createSpoolPart(config, openSpool(config)).start(context)
  const specs = (Object.keys(topics) as Topic[]).map((topic) => ({
    ...topics[topic],
    partitions: 1,
    name: topicName(place.prefix, topic),
  }))
  await log.ensureTopics(specs)
  const close = async () => {
    await Promise.all([log.close(), spool.close(), archive.close()])
    await scratch.close()
    await rm(place.folder, { recursive: true, force: true })
  }
  return { place, database: scratch.database, log, spool, archive, url: scratch.url, close }
}

test.each(availableSets())(
  '%s: segments and records end up locked in the archive, and a second start adds nothing',
  async (set) => {
    const opened = await open(set)
    const { place, database, log, spool, archive, url, close } = opened
    const bytes = [Buffer.from('first'), Buffer.from('second one')]
    const origin = { topic: 'live.sessions', partition: 0, offset: 0n, brokerAt: Date.parse(at) }
    await startStream(database, { start, origin })
    for (const [sequence, one] of bytes.entries())
      await spool.put(`media/${sequence}`, one, { contentType: 'video/mp2t' })
    const records = [
      ...bytes.map((one, sequence) => segmentRecord(place.prefix, sequence, one)),
      windowRecord(place.prefix),
    ]
    await log.publish(records)
    const service = await create(configOf(place, url))
    await service.runUntil(() =>
      waitUntil(async () => isSealed(await read(opened), records.length), {
        what: 'all is sealed',
        withinMs: 60_000,
        everyMs: 200,
      }),
    )
    const { rows, media } = await read(opened)
    const { objectKey = '', versionId = '' } = media ?? {}
    expect(objectKey).toBe('media/room=2e1/00000000-0-1.bin')
    expect((await archive.get(objectKey, versionId))?.bytes).toEqual(Buffer.concat(bytes))
    expect((await archive.remove(objectKey, versionId)).outcome).toBe('refused')
    const index = JSON.parse(String((await archive.get(indexKey(objectKey)))?.bytes)) as object
    const [first, second] = [
      { start: 0, size: 5 },
      { start: 5, size: 10 },
    ]
    expect(index).toMatchObject({ streamId, segments: [first, second] })

    // A stream that turns out to be a shop, and then ends: 3 years from its end, in the store itself.
    const year = 365 * 24 * 60 * 60 * 1000
    const until = async () => (await archive.retention(objectKey, versionId))?.until.getTime() ?? 0
    expect(await until()).toBeLessThan(Date.now() + year)
    await database.pool.query(`update streams set class = 'ecommerce' where stream_id = $1`, [streamId])
    const third = await create(configOf(place, url))
    await third.runUntil(async () => {
      await waitUntil(async () => (await until()) > Date.now() + 3 * year - day, {
        what: 'kept as a shop',
        withinMs: 20_000,
      })
      const endedAt = new Date(Date.now() + 2 * day)
      await endStream(database, { streamId, endedAt, reason: 'normal', brokerAt: endedAt })
      await waitUntil(async () => (await until()) > Date.now() + 3 * year + day, {
        what: 'kept from its end',
        withinMs: 20_000,
      })
    })
    const kept = (await listArchiveObjects(database, { streamId, limit: 10 })).map((row) => row.retainUntil.getTime())
    expect(kept).toHaveLength(2)
    for (const time of kept) expect(time).toBe(await until())

    const again = await create(configOf(place, url))
    await again.runUntil(() => new Promise((resolve) => setTimeout(resolve, 4_000)))
    expect((await read(opened)).rows.map((row) => row.versionId)).toEqual(rows.map((row) => row.versionId))
    await close()
  },
  120_000,
)

async function read({ database, archive }: Pick<Awaited<ReturnType<typeof open>>, 'database' | 'archive'>) {
  const rows = await listArchiveObjects(database, { limit: 100 })
  const lines: string[] = []
  for (const { objectKey } of rows.filter((row) => row.kind === 'log')) {
    const found = await archive.get(objectKey)
    if (found !== null) lines.push(...gunzipSync(found.bytes).toString().trimEnd().split('\n'))
  }
  return { rows, lines, media: rows.find((row) => row.objectKey.endsWith('.bin')) }
}

function isSealed({ lines, media }: Awaited<ReturnType<typeof read>>, records: number): boolean {
  return media !== undefined && lines.length >= records
}
