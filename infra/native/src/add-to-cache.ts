import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Folder of what is downloaded or built once for all data folders. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env['XDG_CACHE_HOME']
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'streamkeeper')
}

/** Makes a folder of the cache unless it is there. It appears whole or not at all; of two makers the first wins. */
export async function addToCache(
  cache: string,
  name: string,
  fill: (target: string) => Promise<void>,
): Promise<string> {
  const path = join(cache, name)
  if (existsSync(path)) return path
  await mkdir(cache, { recursive: true })
  const making = await mkdtemp(join(cache, `.${name}-`))
  try {
    await fill(making)
    await rename(making, path)
  } catch (error) {
    if (!existsSync(path)) throw error
  } finally {
    await rm(making, { recursive: true, force: true })
  }
  return path
}
