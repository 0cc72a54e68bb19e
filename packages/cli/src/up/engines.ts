import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

export type EngineSet = 'native' | 'external'

/** What infra/native writes about the engines that it started. */
const EnginesFile = z.object({
  kafka: z.object({ brokers: z.string() }),
  redis: z.object({ url: z.string() }),
  postgres: z.object({ url: z.string() }),
  s3: z.object({ endpoint: z.string(), region: z.string(), accessKeyId: z.string(), secretAccessKey: z.string() }),
})

/** The root of the repository: `src` and `dist` lie at the same depth. */
export const repositoryRoot = fileURLToPath(new URL('../../../../', import.meta.url))

const nativeScript = join(repositoryRoot, 'infra/native/dist/main.js')

/** Starts the private engines in the data folder and gives the environment that services find them by. */
export async function startNativeEngines(dataDir: string): Promise<Record<string, string>> {
  await runNative(['start', '--data', dataDir])
  const { kafka, redis, postgres, s3 } = EnginesFile.parse(
    JSON.parse(await readFile(join(dataDir, 'engines.json'), 'utf8')),
  )
  return {
    STREAMKEEPER_KAFKA_BROKERS: kafka.brokers,
    STREAMKEEPER_REDIS_URL: redis.url,
    STREAMKEEPER_DATABASE_URL: postgres.url,
    STREAMKEEPER_S3_ENDPOINT: s3.endpoint,
    STREAMKEEPER_S3_REGION: s3.region,
    AWS_ACCESS_KEY_ID: s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
    AWS_REGION: s3.region,
  }
}

export async function stopNativeEngines(dataDir: string): Promise<void> {
  await runNative(['stop', '--data', dataDir])
}

/** The addresses that stand in the environment already: they are taken as they are. */
export function externalEngines(env: NodeJS.ProcessEnv): Record<string, string> {
  const wanted = /^(STREAMKEEPER_(KAFKA|REDIS|DATABASE|S3|SPOOL)_|AWS_)/
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (wanted.test(name) && value !== undefined ? [[name, value]] : [])),
  )
}

/** Where each engine answers, without what must stay secret: user names, passwords, query. */
export function engineAddresses(env: Readonly<Record<string, string>>): Record<string, string> {
  const named = {
    kafka: env['STREAMKEEPER_KAFKA_BROKERS'],
    redis: hostOf(env['STREAMKEEPER_REDIS_URL']),
    postgres: hostOf(env['STREAMKEEPER_DATABASE_URL']),
    s3: hostOf(env['STREAMKEEPER_S3_ENDPOINT']),
  }
  return Object.fromEntries(
    Object.entries(named).flatMap(([name, address]) => (address === undefined ? [] : [[name, address]])),
  )
}

function hostOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).host : undefined
}

function runNative(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    // The engines' words are progress: they belong on standard error.
    const child = spawn(process.execPath, [nativeScript, ...args], {
      stdio: ['ignore', process.stderr, process.stderr],
      detached: true,
    })
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`engines: ${args[0] ?? ''} failed with exit code ${code ?? 'none'}`)),
    )
  })
}
