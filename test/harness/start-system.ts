import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { topicName, topics, type Topic } from '@streamkeeper/contracts'
import { createScratchDatabase, migrate, openDatabase, type Database } from '@streamkeeper/database'
import { openArchive, openEventLog, openSpool } from '@streamkeeper/engines'
import type { EventLog, ObjectStore } from '@streamkeeper/pipeline'
import { eventLogSettings, objectSettings, readConfig, type ConfigOf } from '@streamkeeper/runtime'
import { ensureBucket } from '@streamkeeper/storage'
import {
  engineEnvironment,
  engines as sharedEngines,
  engineSet,
  repositoryRoot,
  uniqueName,
  until,
  type Engines,
} from '@streamkeeper/testkit'
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
  /** Takes the place of an earlier system of this prefix, with its topics, buckets and keys in Redis. Default: a name of its own. */
  readonly prefix?: string
  /** Fills the database before anything else opens it. */
  readonly fill?: (databaseUrl: string) => Promise<void>
}

/** The built services on the engines of this run's set, under a prefix, a database and buckets of their own. */
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
  const prefix = options.prefix ?? `${uniqueName('t')}.`
  const name = prefix.slice(0, -1)
  const folder = mkdtempSync(join(tmpdir(), 'streamkeeper-system-'))
  const scratch = await createScratchDatabase(engines.postgres.url)
  await options.fill?.(scratch.url)
  const env = environment(engines, { name, prefix, folder, databaseUrl: scratch.url, more: options.env ?? {} })
  const ports = await openPorts(env, { name, prefix, databaseUrl: scratch.url })
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
    ...engineEnvironment(engineSet(), { name, databaseUrl, folder }, engines),
    STREAMKEEPER_TOPIC_PREFIX: prefix,
    STREAMKEEPER_DATA_DIR: join(folder, 'data'),
    STREAMKEEPER_KEYS_DIR: join(folder, 'data/keys'),
    STREAMKEEPER_MEDIA_ROOT: join(folder, 'media'),
    STREAMKEEPER_HEALTH_PORT: '0',
    STREAMKEEPER_CONSOLE_PORT: '0',
    ...more,
  }
}

async function openPorts(env: Readonly<Record<string, string>>, { name, prefix, databaseUrl }: Names) {
  // The SDK's own chain reads the process, not our settings.
  for (const key of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) process.env[key] = env[key] ?? ''
  const { config } = readConfig({ ...eventLogSettings, ...objectSettings }, env)
  const log = openEventLog(config, { clientId: `${name}-test` })
  const database = openDatabase({ url: databaseUrl, poolSize: 4 })
  const specs = (Object.keys(topics) as Topic[]).map((topic) => ({ ...topics[topic], name: topicName(prefix, topic) }))
  await Promise.all([
    // A broker that has just come up may still choose leaders for what it holds.
    until(() => log.ensureTopics(specs).then(() => true), { what: 'the topics', withinMs: 60_000, everyMs: 500 }),
    migrate(database),
    makeBuckets(config),
  ])
  const recorder = new Recorder(log, { prefix, topics: moderationTopics })
  await recorder.start()
  return {
    log,
    database,
    recorder,
    spool: openSpool(config),
    archive: openArchive(config),
    events: new LiveEvents(prefix),
    producer: new Producer(log, prefix),
  }
}

/** Also for tests that run no archive: what looks into the buckets must find them. */
async function makeBuckets(config: ConfigOf<typeof objectSettings>): Promise<void> {
  const { s3Endpoint: endpoint, s3Region: region, spoolBucket, s3Bucket } = config
  if (endpoint === undefined) return
  const options = (bucket: string) => ({ endpoint, region, pathStyle: true, bucket })
  await ensureBucket(options(spoolBucket), { versioning: false, objectLock: false })
  await ensureBucket(options(s3Bucket), { versioning: true, objectLock: true })
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
