import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { topicName, topics, type Topic } from '@streamkeeper/contracts'
import { createScratchDatabase, migrate, openDatabase, type Database } from '@streamkeeper/database'
import { createKafkaEventLog } from '@streamkeeper/kafka'
import type { EventLog, ObjectStore } from '@streamkeeper/pipeline'
import { createS3ObjectStore, ensureBucket } from '@streamkeeper/storage'
import { engines as sharedEngines, repositoryRoot, uniqueName, until, type Engines } from '@streamkeeper/testkit'
import { LiveEvents } from './live-events.js'
import { Producer } from './producer.js'
import { moderationTopics, Recorder } from './recorder.js'
import { ServiceProcess } from './service-process.js'

export type ServiceName = 'ingest' | 'screen' | 'escalate' | 'archive' | 'console'

export interface StartOptions {
  readonly services: readonly ServiceName[]
  /** Added to the environment of the services. */
  readonly env?: Readonly<Record<string, string>>
  /** Default: the shared set. */
  readonly engines?: Engines
}

/** The built services on real engines, under a prefix, a database and buckets of their own. */
export interface System {
  readonly prefix: string
  readonly env: Readonly<Record<string, string>>
  readonly mediaRoot: string
  readonly log: EventLog
  readonly database: Database
  readonly spool: ObjectStore
  readonly archive: ObjectStore
  readonly events: LiveEvents
  readonly producer: Producer
  readonly recorder: Recorder
  readonly services: ReadonlyMap<ServiceName, ServiceProcess>
  kill(service: ServiceName, signal?: NodeJS.Signals): void
  /** Waits until every service is up; returns after how many milliseconds. */
  ready(withinMs?: number): Promise<number>
  /** Runs a test's work; when it fails, the last lines of every service are shown. */
  explain(work: () => Promise<void>): Promise<void>
  stop(): Promise<void>
}

export async function startSystem(options: StartOptions): Promise<System> {
  const engines = options.engines ?? sharedEngines()
  const name = uniqueName('t')
  const prefix = `${name}.`
  const folder = mkdtempSync(join(tmpdir(), 'streamkeeper-system-'))
  const scratch = await createScratchDatabase(engines.postgres.url)
  const env = environment(engines, { name, prefix, folder, databaseUrl: scratch.url, more: options.env ?? {} })
  const ports = await openPorts(engines, { name, prefix, databaseUrl: scratch.url })
  const services = new Map(options.services.map((service) => [service, makeService(service, env)]))
  for (const service of services.values()) service.start()
  const system: System = {
    prefix,
    env,
    mediaRoot: join(folder, 'media'),
    ...ports,
    services,
    kill: (service, signal = 'SIGKILL') => services.get(service)?.kill(signal),
    ready: (withinMs = 60_000) => waitForServices(services, withinMs),
    explain: (work) => explain(services, work),
    stop: async () => {
      await Promise.all([...services.values()].map((service) => service.stop()))
      await ports.recorder.stop()
      await Promise.all([ports.log.close(), ports.database.close(), ports.spool.close(), ports.archive.close()])
      await scratch.drop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  try {
    await system.explain(async () => void (await system.ready()))
  } catch (error) {
    await system.stop()
    throw error
  }
  return system
}

interface Names {
  readonly name: string
  readonly prefix: string
  readonly databaseUrl: string
}

function environment(
  engines: Engines,
  { name, prefix, folder, databaseUrl, more }: Names & { folder: string; more: Readonly<Record<string, string>> },
): Record<string, string> {
  for (const part of ['media', 'data']) mkdirSync(join(folder, part))
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    STREAMKEEPER_KAFKA_BROKERS: engines.kafka.brokers,
    STREAMKEEPER_REDIS_URL: engines.redis.url,
    STREAMKEEPER_DATABASE_URL: databaseUrl,
    STREAMKEEPER_S3_ENDPOINT: engines.s3.endpoint,
    STREAMKEEPER_S3_REGION: engines.s3.region,
    STREAMKEEPER_S3_BUCKET: `${name}-archive`,
    STREAMKEEPER_SPOOL_BUCKET: `${name}-spool`,
    AWS_ACCESS_KEY_ID: engines.s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: engines.s3.secretAccessKey,
    STREAMKEEPER_TOPIC_PREFIX: prefix,
    STREAMKEEPER_DATA_DIR: join(folder, 'data'),
    STREAMKEEPER_KEYS_DIR: join(folder, 'data/keys'),
    STREAMKEEPER_MEDIA_ROOT: join(folder, 'media'),
    STREAMKEEPER_HEALTH_PORT: '0',
    STREAMKEEPER_CONSOLE_PORT: '0',
    ...more,
  }
}

async function openPorts(engines: Engines, { name, prefix, databaseUrl }: Names) {
  const log = createKafkaEventLog({ brokers: engines.kafka.brokers.split(','), clientId: `${name}-test` })
  const database = openDatabase({ url: databaseUrl, poolSize: 4 })
  const { endpoint, region, ...credentials } = engines.s3
  const bucket = (kind: string) => ({ endpoint, region, credentials, pathStyle: true, bucket: `${name}-${kind}` })
  const specs = (Object.keys(topics) as Topic[]).map((topic) => ({ ...topics[topic], name: topicName(prefix, topic) }))
  await Promise.all([
    // A broker that has just come up may still choose leaders for what it holds.
    until(() => log.ensureTopics(specs).then(() => true), { what: 'the topics', withinMs: 60_000, everyMs: 500 }),
    migrate(database),
    ensureBucket(bucket('spool'), { versioning: false, objectLock: false }),
    ensureBucket(bucket('archive'), { versioning: true, objectLock: true }),
  ])
  const recorder = new Recorder(log, { prefix, topics: moderationTopics })
  await recorder.start()
  return {
    log,
    database,
    recorder,
    spool: createS3ObjectStore(bucket('spool')),
    archive: createS3ObjectStore(bucket('archive')),
    events: new LiveEvents(prefix),
    producer: new Producer(log, prefix),
  }
}

function makeService(name: ServiceName, env: Readonly<Record<string, string>>): ServiceProcess {
  const script = join(repositoryRoot(), 'services', name, 'dist/main.js')
  if (!existsSync(script)) throw new Error(`${script} is missing; build it: npm run build`)
  return new ServiceProcess({ name, script, env })
}

async function waitForServices(services: ReadonlyMap<string, ServiceProcess>, withinMs: number): Promise<number> {
  const from = performance.now()
  const down = (): string[] => [...services.values()].filter((one) => one.health === null).map((one) => one.name)
  await until(() => down().length === 0, { what: 'all services are ready', withinMs, everyMs: 20 })
  return Math.round(performance.now() - from)
}

async function explain(services: ReadonlyMap<string, ServiceProcess>, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    for (const { name, lines } of services.values())
      process.stderr.write(`\n-- ${name}: last lines\n${lines.slice(-40).join('\n')}\n`)
    throw error
  }
}
