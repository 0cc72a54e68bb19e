import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { identify, isAlive, readIdentity, type ProcessIdentity } from './process-identity.js'
import { waitUntil } from './wait-until.js'

/** Runs the work while no other process works on the same data folder; waits up to five minutes for its turn. */
export async function withLock<T>(data: string, work: () => Promise<T>): Promise<T> {
  const file = join(data, 'native', 'lock')
  await mkdir(join(data, 'native'), { recursive: true, mode: 0o755 })
  const me = await identify(process.pid)
  await waitUntil(() => take(file, me), 300_000)
  try {
    return await work()
  } finally {
    await rm(file, { force: true })
  }
}

async function take(file: string, me: ProcessIdentity): Promise<void> {
  const holder = await readIdentity(file)
  if (holder !== null && (await isAlive(holder))) throw new Error(`${file}: process ${holder.pid} is at work`)
  if (holder !== null) await rm(file, { force: true })
  await writeFile(file, `${JSON.stringify(me)}\n`, { flag: 'wx', mode: 0o600 })
  // Another may have found the same dead holder and removed our file for it: whoever is named in the end has it.
  if (holder !== null) await new Promise((resolve) => setTimeout(resolve, 50))
  if ((await readIdentity(file))?.pid !== me.pid) throw new Error(`${file}: another process was faster`)
}
