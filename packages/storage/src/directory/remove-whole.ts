import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { codeOf } from './directory-errors.js'

/**
 * Removes a folder with all that is in it, and the folders above it that are then empty, up to `root`. It goes at once: whoever
 * looks sees all of it or nothing. False when it was not there.
 */
export async function removeWhole(folder: string, { root, trash }: { readonly root: string; readonly trash: string }) {
  await mkdir(trash, { recursive: true })
  const going = join(trash, randomUUID())
  try {
    await rename(folder, going)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
  await rm(going, { recursive: true, force: true })
  for (let above = dirname(folder); above.startsWith(`${root}/`); above = dirname(above))
    if (!(await removeEmpty(above))) break
  return true
}

/** False when something is in it, or somebody else was faster. */
async function removeEmpty(folder: string): Promise<boolean> {
  try {
    await rmdir(folder)
    return true
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(codeOf(error) ?? '')) return false
    throw error
  }
}
