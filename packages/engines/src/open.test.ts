import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventLogSettings, objectSettings, readConfig, type Logger } from '@streamkeeper/runtime'
import { openEventLog } from './open-event-log.js'
import { kafkaOptions, s3Options } from './engine-options.js'
import { archiveWarning, createArchivePart } from './prepare-archive.js'
import { createSpoolPart, openArchive, openSpool } from './stores.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engines-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const objectsIn = (dir: string) => readConfig(objectSettings, { STREAMKEEPER_OBJECTS_DIR: dir }).config
const context = { signal: new AbortController().signal, areDependenciesUp: () => Promise.resolve(true) }

it('opens either log, and connects to nothing before the first call', async () => {
  for (const name of ['kafka', 'postgres']) {
    const { config } = readConfig(eventLogSettings, { STREAMKEEPER_EVENT_LOG: name })
    await openEventLog(config, { clientId: 'test' }).close()
  }
  expect(() => readConfig(eventLogSettings, { STREAMKEEPER_EVENT_LOG: 'rabbit' })).toThrow(/STREAMKEEPER_EVENT_LOG/)
})

it('hands Kafka its security, and S3 its address', () => {
  const { config } = readConfig(eventLogSettings, {
    STREAMKEEPER_KAFKA_BROKERS: 'k1:9093,k2:9093',
    STREAMKEEPER_KAFKA_TLS: 'true',
    STREAMKEEPER_KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
    STREAMKEEPER_KAFKA_SASL_USERNAME: 'sk',
    STREAMKEEPER_KAFKA_SASL_PASSWORD: 'secret',
  })
  expect(kafkaOptions(config)).toEqual({
    brokers: ['k1:9093', 'k2:9093'],
    tls: true,
    sasl: { mechanism: 'scram-sha-512', username: 'sk', password: 'secret' },
  })
  const aws = readConfig(objectSettings, {}).config
  expect(s3Options(aws, 'b')).toEqual({ region: 'us-east-1', bucket: 'b', pathStyle: false })
})

describe('objects in a folder', () => {
  it('are made at the start, a folder a bucket, and what one takes the other does not hold', async () => {
    const config = objectsIn(join(folder, 'objects'))
    const [spool, archive] = [openSpool(config), openArchive(config)]
    await createSpoolPart(config, spool).start(context)
    await spool.put('a', Buffer.from('x'), { contentType: 'text/plain' })
    expect(await archive.get('a')).toBeNull()
    expect((await openSpool(config).get('a'))?.bytes.toString()).toBe('x')
    expect(await readdir(join(folder, 'objects'))).toContain('streamkeeper-spool')
  })

  it('have no legal force, and the start says so', async () => {
    const warnings: unknown[][] = []
    const logger = { warn: (...words: unknown[]) => warnings.push(words) } as unknown as Logger
    const config = objectsIn(folder)
    await createArchivePart(config, openArchive(config), logger).start(context)
    expect(warnings).toEqual([[{ objectsDir: folder }, expect.stringContaining('no legal force')]])
    expect(archiveWarning(config)).toContain('no legal force')
    expect(archiveWarning(readConfig(objectSettings, {}).config)).toBeNull()
  })
})
