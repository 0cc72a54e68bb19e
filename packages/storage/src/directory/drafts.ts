import { randomUUID } from 'node:crypto'
import { link, mkdir, open, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from './directory-errors.js'
import { namesIn } from './files.js'

/** Nobody writes one draft for as long as that. */
const deadMs = 24 * 60 * 60 * 1000

/** Files that are whole and on disk under names that nobody looks at, until they are renamed or linked to their place. */
export class Drafts {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  async write(bytes: Buffer, mode = 0o644): Promise<string> {
    await mkdir(this.folder, { recursive: true })
    const path = join(this.folder, randomUUID())
    const file = await open(path, 'wx', mode)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    return path
  }

  /** The same file under a second name. */
  async twin(draft: string): Promise<string> {
    const path = join(this.folder, randomUUID())
    await link(draft, path)
    return path
  }

  /** Removes the drafts of writers that died. */
  async sweep(): Promise<void> {
    for (const name of await namesIn(this.folder)) {
      const path = join(this.folder, name)
      const found = await stat(path).catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT') return null
        throw error
      })
      if (found !== null && found.mtimeMs < Date.now() - deadMs) await rm(path, { recursive: true, force: true })
    }
  }
}
