import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '@streamkeeper/runtime'

/** Something made of files, made anew when they change. */
export interface Reloading<T> {
  /** What holds now. */
  readonly current: T
  /** Looks whether the files have changed and takes them over once they stand still; what cannot be read changes nothing. */
  refresh(): Promise<void>
}

export interface ReloadingOptions<T> {
  /** Files and folders; of a folder what lies in it and in its folders counts. */
  readonly paths: readonly string[]
  readonly load: () => Promise<T>
  /** True when it has to be made anew though no file changed. */
  readonly isOver?: (current: T) => boolean
  readonly what: string
  readonly logger: Logger
}

/** Makes it the first time; rejects when that fails. */
export async function openReloading<T>({
  paths,
  load,
  isOver,
  what,
  logger,
}: ReloadingOptions<T>): Promise<Reloading<T>> {
  let loaded = await stampOf(paths)
  let seen = loaded
  let current = await load()

  async function refresh(): Promise<void> {
    const found = await stampOf(paths)
    // Somebody may be writing still: half a list would let pass what the other half names.
    const isSettled = found === seen
    seen = found
    if ((found === loaded && isOver?.(current) !== true) || !isSettled) return
    loaded = found
    try {
      current = await load()
      logger.info({ what }, 'loaded anew')
    } catch (err) {
      logger.error({ err, what }, 'cannot be loaded, what was there before is kept')
    }
  }

  return {
    get current() {
      return current
    },
    refresh,
  }
}

/** What tells that a file is another one than before; one that is away has a stamp too. */
async function stampOf(paths: readonly string[]): Promise<string> {
  return (await Promise.all(paths.map(stampOfOne))).join()
}

async function stampOfOne(path: string): Promise<string> {
  try {
    const found = await stat(path)
    if (!found.isDirectory()) return `${path}:${found.ino}:${found.mtimeMs}:${found.size}`
    const names = await readdir(path)
    return await stampOf(names.toSorted().map((name) => join(path, name)))
  } catch {
    // Why it cannot be looked at is said when it is loaded.
    return `${path}:away`
  }
}
