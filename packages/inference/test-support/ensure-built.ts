import { execFile } from 'node:child_process'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const ROOM = join(import.meta.dirname, '..')

/** Builds this room if `dist/worker.js`, which the classifier starts, is missing or older than a source. */
export async function ensureBuilt(): Promise<void> {
  const built = await stat(join(ROOM, 'dist/worker.js')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return undefined
  })
  const sources = (await readdir(join(ROOM, 'src'), { recursive: true })).filter((name) => !name.endsWith('.test.ts'))
  const stats = await Promise.all(sources.map((name) => stat(join(ROOM, 'src', name))))
  const newest = Math.max(...stats.map(({ mtimeMs }) => mtimeMs))
  if (built === undefined || built.mtimeMs < newest) await promisify(execFile)('npm', ['run', 'build'], { cwd: ROOM })
}
