import { execFile } from 'node:child_process'
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { UsageError } from '../output.js'
import type { EngineSet } from './engines.js'

const Holder = z.object({ pid: z.number().int(), startedAt: z.string() })
type Holder = z.infer<typeof Holder>

/** What `up` makes in a data folder; nothing else is ever removed. */
const ours = [
  'engine-set',
  'engines.json',
  'first-sign-in.txt',
  'keys',
  'media',
  'native',
  'objects',
  'run.json',
  'run.json.next',
  'up.lock',
]

/**
 * Takes the data folder for this process; returns what gives it back. Two systems on one folder would each think that the
 * log and the queue are theirs. Throws UsageError that names the process that has it. A holder that died holds nothing.
 */
export async function lockDataFolder(dataDir: string): Promise<() => Promise<void>> {
  await mkdir(dataDir, { recursive: true, mode: 0o755 })
  const file = join(dataDir, 'up.lock')
  const draft = `${file}.${process.pid}`
  const me: Holder = { pid: process.pid, startedAt: (await startOf(process.pid)) ?? '' }
  await writeFile(draft, JSON.stringify(me), { mode: 0o600 })
  try {
    while (!(await linkOnce(draft, file))) {
      const holder = await readHolder(file)
      if (holder !== null && (await startOf(holder.pid)) === holder.startedAt)
        throw new UsageError(
          `Streamkeeper runs on ${dataDir} already (process ${holder.pid}): end that one first, or name another folder with --data`,
        )
      await rm(file, { force: true })
    }
  } finally {
    await rm(draft, { force: true })
  }
  return () => rm(file, { force: true })
}

/** A folder belongs to one set of engines: the data of another would be half of the truth. Throws UsageError. */
export async function claimForEngines(dataDir: string, set: EngineSet): Promise<void> {
  const file = join(dataDir, 'engine-set')
  const known = (await readOrNull(file))?.trim() ?? null
  if (known === null) return writeFile(file, `${set}\n`)
  if (known !== set)
    throw new UsageError(
      `${dataDir} holds the data of --engines ${known}: go on with those, name another folder with --data, or forget it with --fresh`,
    )
}

/** Removes what earlier runs left. Throws UsageError when the folder holds something that is not ours. */
export async function forgetData(dataDir: string, forgetEngines: () => Promise<void>): Promise<void> {
  const strange = (await readdir(dataDir)).filter((name) => !ours.includes(name))
  if (strange.length > 0)
    throw new UsageError(`--fresh: ${dataDir} also holds ${strange.join(', ')}, which is not ours; nothing was removed`)
  await forgetEngines()
  for (const name of ours.filter((one) => one !== 'up.lock'))
    await rm(join(dataDir, name), { recursive: true, force: true })
}

async function linkOnce(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  }
}

async function readHolder(file: string): Promise<Holder | null> {
  const text = await readOrNull(file)
  try {
    return Holder.parse(JSON.parse(text ?? ''))
  } catch {
    // What cannot be read names nobody: a machine that lost its power may leave half a file.
    return null
  }
}

/** When a process started, in the system's own words, or null when there is none: ids are handed out again. */
async function startOf(pid: number): Promise<string | null> {
  if (process.platform !== 'linux') {
    return promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]).then(
      ({ stdout }) => stdout.trim(),
      () => null,
    )
  }
  const [stat, boot] = await Promise.all([
    readOrNull(`/proc/${pid}/stat`),
    readOrNull('/proc/sys/kernel/random/boot_id'),
  ])
  // The name stands in parentheses and may hold spaces and parentheses itself.
  return stat === null ? null : `${boot?.trim() ?? ''}:${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ESRCH')) return null
    throw error
  }
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code
}
