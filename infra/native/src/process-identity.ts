import { execFile } from 'node:child_process'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import { hasCode, isMissing, writePrivate } from './state.js'

/** A process for good: ids are handed out again, an id with its start time is not. */
export interface ProcessIdentity {
  readonly pid: number
  readonly startedAt: string
}

const run = promisify(execFile)

/** When the process started, in the system's own words, or null when there is none (or a dead one not yet collected). */
async function startTimeOf(pid: number): Promise<string | null> {
  return process.platform === 'linux' ? linuxStartTime(pid) : psStartTime(pid)
}

/** Start time out of a line of `/proc/<pid>/stat`: clock ticks since boot; null for a zombie. */
export function parseStat(stat: string): string | null {
  // The name stands in parentheses and may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, startTime] = [fields[0], fields[19]]
  if (startTime === undefined) throw new Error(`not a process status: ${stat}`)
  return state === 'Z' || state === 'X' ? null : startTime
}

/** The identity of a process that runs. */
export async function identify(pid: number): Promise<ProcessIdentity> {
  const startedAt = await startTimeOf(pid)
  if (startedAt === null) throw new Error(`process ${pid} has ended`)
  return { pid, startedAt }
}

/** True when this very process still runs. */
export async function isAlive({ pid, startedAt }: ProcessIdentity): Promise<boolean> {
  return (await startTimeOf(pid)) === startedAt
}

/** True for a process that is dead and that its parent has not collected yet: its id still looks taken. */
export async function isUncollected(pid: number): Promise<boolean> {
  if ((await startTimeOf(pid)) !== null) return false
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return hasCode(error, 'EPERM')
  }
}

/** The process that a pid file names, when it still runs; a file that names a dead one is removed. */
export async function readLive(pidFile: string): Promise<ProcessIdentity | null> {
  const named = await readIdentity(pidFile)
  if (named !== null && (await isAlive(named))) return named
  await rm(pidFile, { force: true })
  return null
}

/** Writes the pid file of a process that runs. */
export async function writeIdentity(pidFile: string, identity: ProcessIdentity): Promise<void> {
  await writePrivate(pidFile, identity)
}

/** What a pid file says, or null when there is none or none that can be understood. */
export async function readIdentity(pidFile: string): Promise<ProcessIdentity | null> {
  try {
    return parseIdentity(await readFile(pidFile, 'utf8'))
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/** Null unless the text is an identity with an id that may be signalled: 0, 1 and negative ids mean others. */
export function parseIdentity(text: string): ProcessIdentity | null {
  const found = /^\s*\{\s*"pid":\s*(\d{1,10}),\s*"startedAt":\s*"([^"\\]+)"\s*\}\s*$/.exec(text)
  const pid = Number(found?.[1] ?? 0)
  return found?.[2] === undefined || pid <= 1 ? null : { pid, startedAt: found[2] }
}

/** Every process below this one, by the system's list. */
export async function findDescendants(pid: number): Promise<readonly number[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid='])
  return descendantsIn(stdout, pid)
}

/** Descendants of a process in lines of `pid ppid`. */
export function descendantsIn(list: string, root: number): readonly number[] {
  const pairs = list
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  const found = new Set([root])
  for (let before = 0; before !== found.size;) {
    before = found.size
    for (const [pid = 0, parent = 0] of pairs) if (found.has(parent)) found.add(pid)
  }
  found.delete(root)
  return [...found]
}

/** Read into one place: this is asked every other second for as long as the product runs. */
const statBytes = Buffer.alloc(1_024)
let bootId: string | null = null

function linuxStartTime(pid: number): string | null {
  try {
    const file = openSync(`/proc/${pid}/stat`, 'r')
    try {
      const ticks = parseStat(statBytes.toString('latin1', 0, readSync(file, statBytes)))
      bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
      return ticks === null ? null : `${bootId}:${ticks}`
    } finally {
      closeSync(file)
    }
  } catch (error) {
    // ESRCH: it ended while it was read.
    if (isMissing(error) || hasCode(error, 'ESRCH')) return null
    throw error
  }
}

async function psStartTime(pid: number): Promise<string | null> {
  try {
    const { stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)])
    const [, state = 'Z', started = ''] = /^\s*(\S+)\s+(.*)$/.exec(stdout.trimEnd()) ?? []
    return state.startsWith('Z') ? null : started
  } catch (error) {
    if (hasCode(error, 1)) return null
    throw error
  }
}
