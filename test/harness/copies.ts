import { execFile } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { repositoryRoot } from '@streamkeeper/testkit'
import { nativeCache } from './native-cache.js'
import type { System } from './start-system.js'

const run = promisify(execFile)

/** What docs/backup.md tells an operator to copy, by the same commands. */
export interface Copies {
  readonly dump: string
  readonly keys: string
  readonly objects: string
}

export async function takeCopies({ env }: System, copies: Copies): Promise<void> {
  await run('pg_dump', ['--format=custom', `--file=${copies.dump}`, env['STREAMKEEPER_DATABASE_URL'] ?? ''])
  cpSync(env['STREAMKEEPER_KEYS_DIR'] ?? '', copies.keys, { recursive: true })
  // Only where objects lie in a folder: a bucket is its own copy.
  const objects = env['STREAMKEEPER_OBJECTS_DIR']
  if (objects !== undefined) cpSync(objects, copies.objects, { recursive: true })
}

export async function restoreDump(dump: string, databaseUrl: string): Promise<void> {
  await run('pg_restore', ['--no-owner', '--exit-on-error', `--dbname=${databaseUrl}`, dump])
}

/** A new Redis knows nothing: what the old system kept there goes. */
export async function forgetRedis({ env, prefix }: System): Promise<void> {
  const redis = ['-u', env['STREAMKEEPER_REDIS_URL'] ?? '']
  const { stdout } = await run('redis-cli', [...redis, '--scan', '--pattern', `*${prefix}*`])
  const keys = stdout.split('\n').filter((key) => key !== '')
  if (keys.length > 0) await run('redis-cli', [...redis, 'del', ...keys])
}

/** Has every group of the system read its topics again from their beginning. */
export async function rewindGroups({ env, prefix }: System): Promise<void> {
  const source = join(repositoryRoot(), 'test/harness/RewindGroups.java')
  const brokers = env['STREAMKEEPER_KAFKA_BROKERS'] ?? ''
  await run('java', ['-cp', join(nativeCache('kafka-'), '*'), source, brokers, `${prefix}streamkeeper`])
}
