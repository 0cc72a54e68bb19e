import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { UsageError } from './output.js'

/** What `up` writes to DATA/run.json, so that every other command finds the running system. Mode 0600: it holds a token. */
export const RunFile = z.looseObject({
  pid: z.number().int(),
  startedAt: z.string(),
  dataDir: z.string(),
  console: z.string(),
  token: z.string(),
  /** Environment of the services: engine addresses and credentials. */
  env: z.record(z.string(), z.string()),
  services: z.record(z.string(), z.string()),
})
export type RunFile = z.infer<typeof RunFile>

export function runFilePath(dataDir: string): string {
  return join(dataDir, 'run.json')
}

/** Where the pointer to the data folder of the last `up` lies. */
export function pointerPath(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'streamkeeper', 'running')
}

/** The data folder: --data, else STREAMKEEPER_DATA_DIR, else .streamkeeper in this folder. */
export function dataFolder(option: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  return resolve(option ?? env['STREAMKEEPER_DATA_DIR'] ?? '.streamkeeper')
}

/** The running system, by --data, the environment or the pointer. Throws UsageError that says how to start one. */
export async function findRunning(option: string | undefined): Promise<RunFile> {
  const named = option ?? process.env['STREAMKEEPER_DATA_DIR']
  const folder = named === undefined ? await readPointer() : resolve(named)
  const text = folder === null ? null : await readOrNull(runFilePath(folder))
  if (text === null)
    throw new UsageError('nothing is running: start it with `streamkeeper up`, or name its folder with --data')
  return RunFile.parse(JSON.parse(text))
}

async function readPointer(): Promise<string | null> {
  return (await readOrNull(pointerPath()))?.trim() ?? null
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
