import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** Addresses and credentials of the engines that tests use. Kafka and S3 are there when the machine can run them. */
export interface Engines {
  readonly redis: { readonly url: string }
  readonly postgres: { readonly url: string }
  readonly kafka?: { readonly brokers: string }
  readonly s3?: S3Engine
}

export interface S3Engine {
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** local: PostgreSQL, Redis and a folder. native: also Kafka and an S3 store. */
export type EngineSet = 'local' | 'native'

/** The set that a file's tests run on: STREAMKEEPER_TEST_ENGINES, by default native. */
export function engineSet(): EngineSet {
  return process.env['STREAMKEEPER_TEST_ENGINES'] === 'local' ? 'local' : 'native'
}

/** The sets that can be had here. */
export function availableSets(): readonly EngineSet[] {
  const { kafka, s3 } = engines()
  return kafka === undefined || s3 === undefined ? ['local'] : ['local', 'native']
}

/** Reads `STREAMKEEPER_ENGINES_FILE`, or `.streamkeeper/engines.json` of the repository. Throws when there is none. */
export function engines(): Engines {
  const file = enginesFile()
  if (!existsSync(file)) throw new Error(`${file} is missing; start the engines: npm run engines -- start`)
  return JSON.parse(readFileSync(file, 'utf8')) as Engines
}

/** The real Kafka. Throws when there is none. */
export function kafkaEngine({ kafka }: Engines = engines()): { readonly brokers: string } {
  if (kafka === undefined) throw new Error('the engines file names no Kafka; start it: npm run engines -- start kafka')
  return kafka
}

/** The real S3 store. Throws when there is none. */
export function s3Engine({ s3 }: Engines = engines()): S3Engine {
  if (s3 === undefined) throw new Error('the engines file names no S3 store; start it: npm run engines -- start s3')
  return s3
}

export interface EnginePlace {
  /** In front of both buckets. */
  readonly name: string
  readonly databaseUrl: string
  /** Folder for the objects of the local set. */
  readonly folder: string
}

/** The environment that services find the engines of a set by. */
export function engineEnvironment(
  set: EngineSet,
  { name, databaseUrl, folder }: EnginePlace,
  from: Engines = engines(),
): Record<string, string> {
  const common = {
    STREAMKEEPER_REDIS_URL: from.redis.url,
    STREAMKEEPER_DATABASE_URL: databaseUrl,
    STREAMKEEPER_S3_BUCKET: `${name}-archive`,
    STREAMKEEPER_SPOOL_BUCKET: `${name}-spool`,
  }
  if (set === 'local')
    return { ...common, STREAMKEEPER_EVENT_LOG: 'postgres', STREAMKEEPER_OBJECTS_DIR: join(folder, 'objects') }
  const s3 = s3Engine(from)
  return {
    ...common,
    STREAMKEEPER_EVENT_LOG: 'kafka',
    STREAMKEEPER_KAFKA_BROKERS: kafkaEngine(from).brokers,
    STREAMKEEPER_S3_ENDPOINT: s3.endpoint,
    STREAMKEEPER_S3_REGION: s3.region,
    AWS_ACCESS_KEY_ID: s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
  }
}

/**
 * Stops (`kill`: by SIGKILL, as a crash does) or starts one engine of the set that `engines()` names, and waits until it
 * is done. It stands behind every test that uses the set: start your own set for faults. Throws with the tool's words.
 */
export async function controlEngine(name: keyof Engines, verb: 'start' | 'stop' | 'kill'): Promise<void> {
  const tool = join(repositoryRoot(), 'infra/native/dist/main.js')
  if (!existsSync(tool)) throw new Error(`${tool} is missing; build it: npm run build`)
  const words = verb === 'kill' ? ['stop', name, '--kill'] : [verb, name]
  await promisify(execFile)(process.execPath, [tool, ...words, '--data', dirname(enginesFile())])
}

/** A name that nobody else uses: letters, digits and dashes, so it serves as topic, bucket and key prefix. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(5).toString('hex')}`
}

function enginesFile(): string {
  const given = process.env['STREAMKEEPER_ENGINES_FILE']
  return given === undefined || given === '' ? join(repositoryRoot(), '.streamkeeper/engines.json') : given
}

/** The repository: the folder above this one that holds turbo.json beside the lock file; packages have one of theirs. */
export function repositoryRoot(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'turbo.json')) && existsSync(join(folder, 'package-lock.json'))) return folder
    if (folder === dirname(folder)) throw new Error(`${import.meta.dirname} lies in no repository`)
  }
}
