import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { databaseSettings, eventLogSettings, objectSettings, readConfig, redisSettings } from '@streamkeeper/runtime'
import { z } from 'zod'

export const engineSets = ['local', 'native', 'external'] as const
export type EngineSet = (typeof engineSets)[number]
/** The sets that `up` starts by itself. */
export type OwnEngineSet = Exclude<EngineSet, 'external'>

/** What infra/native writes about the engines that it started. */
const EnginesFile = z.object({
  redis: z.object({ url: z.string() }),
  postgres: z.object({ url: z.string() }),
  kafka: z.object({ brokers: z.string() }).optional(),
  s3: z
    .object({ endpoint: z.string(), region: z.string(), accessKeyId: z.string(), secretAccessKey: z.string() })
    .optional(),
})

/** The root of the repository: `src` and `dist` lie at the same depth. */
export const repositoryRoot = fileURLToPath(new URL('../../../../', import.meta.url))

/** On one machine the log and the spool lie on the disk of the archive, which is the record: longer would fill a laptop. */
const [localLogRetentionMs, localSpoolKeepMs] = [24 * 60 * 60 * 1000, 60 * 60 * 1000]

/** The environment that services find the private engines of a data folder by. */
export async function ownEngines(set: OwnEngineSet, dataDir: string): Promise<Record<string, string>> {
  const engines = EnginesFile.parse(JSON.parse(await readFile(join(dataDir, 'engines.json'), 'utf8')))
  const common = { STREAMKEEPER_REDIS_URL: engines.redis.url, STREAMKEEPER_DATABASE_URL: engines.postgres.url }
  if (set === 'local')
    return {
      ...common,
      STREAMKEEPER_EVENT_LOG: 'postgres',
      STREAMKEEPER_OBJECTS_DIR: join(dataDir, 'objects'),
      STREAMKEEPER_LOG_RETENTION_MS: process.env['STREAMKEEPER_LOG_RETENTION_MS'] ?? String(localLogRetentionMs),
      STREAMKEEPER_SPOOL_KEEP_MS: process.env['STREAMKEEPER_SPOOL_KEEP_MS'] ?? String(localSpoolKeepMs),
    }
  const { kafka, s3 } = engines
  if (kafka === undefined || s3 === undefined) throw new Error(`${dataDir}: engines.json names no Kafka and no S3`)
  return {
    ...common,
    STREAMKEEPER_EVENT_LOG: 'kafka',
    // Not of the caller's environment.
    STREAMKEEPER_OBJECTS_DIR: '',
    STREAMKEEPER_KAFKA_BROKERS: kafka.brokers,
    STREAMKEEPER_S3_ENDPOINT: s3.endpoint,
    STREAMKEEPER_S3_REGION: s3.region,
    AWS_ACCESS_KEY_ID: s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
    AWS_REGION: s3.region,
  }
}

/**
 * The addresses that stand in the environment already: they are taken as they are. Throws ConfigError that names every
 * variable that is wrong, before anything starts.
 */
export function externalEngines(env: NodeJS.ProcessEnv): Record<string, string> {
  readConfig({ ...eventLogSettings, ...redisSettings, ...objectSettings }, env)
  const wanted = /^(STREAMKEEPER_(EVENT_LOG|LOG_RETENTION|OBJECTS|KAFKA|REDIS|DATABASE|S3|SPOOL)|AWS_)/
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (wanted.test(name) && value !== undefined ? [[name, value]] : [])),
  )
}

/** Where the database of an environment is: it may stand in a file. */
export function databaseUrl(env: Readonly<Record<string, string>>): string {
  return readConfig(databaseSettings, env).config.databaseUrl
}

/** Where each engine answers, without what must stay secret: user names, passwords, query. */
export function engineAddresses(env: Readonly<Record<string, string>>): Record<string, string> {
  const isLocal = env['STREAMKEEPER_EVENT_LOG'] === 'postgres'
  const objects = env['STREAMKEEPER_OBJECTS_DIR']
  const named = {
    kafka: isLocal ? undefined : env['STREAMKEEPER_KAFKA_BROKERS'],
    redis: hostOf(env['STREAMKEEPER_REDIS_URL']),
    postgres: hostOf(env['STREAMKEEPER_DATABASE_URL']),
    s3: (objects ?? '') === '' ? hostOf(env['STREAMKEEPER_S3_ENDPOINT']) : undefined,
    objects: objects === '' ? undefined : objects,
  }
  return Object.fromEntries(
    Object.entries(named).flatMap(([name, address]) => (address === undefined ? [] : [[name, address]])),
  )
}

function hostOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).host : undefined
}
