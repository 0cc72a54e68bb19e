// What the processes below one process take, by the part of the product that they are.
import { readdirSync, readFileSync } from 'node:fs'

/** Reads a file of /proc; null when the process has just ended. */
function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

const nameOf = [
  [/services\/(\w+)\/dist\/main\.js/, (found) => found[1]],
  [/platform\/main\.js/, () => 'platform'],
  [/infra\/native\/dist\/main\.js/, () => 'engines'],
  [/streamkeeper\.mjs up/, () => 'up'],
  [/inference\/dist\/worker/, () => 'models'],
  [/ffmpeg|bwrap/, () => 'decoders'],
  [/redis-server|valkey-server/, () => 'redis'],
  [/postgres/, () => 'postgres'],
]

function nameFor(line) {
  for (const [pattern, name] of nameOf) {
    const found = pattern.exec(line)
    if (found !== null) return name(found)
  }
  return 'other'
}

function readParents() {
  const parents = new Map()
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const stat = read(`/proc/${pid}/stat`)
    if (stat !== null) parents.set(Number(pid), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
  }
  return parents
}

/** User and system time of processes that live, in milliseconds; a tick is 10 ms wherever Node runs. */
export function cpuOf(pids) {
  return pids
    .map((pid) => {
      const stat = read(`/proc/${pid}/stat`) ?? ''
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 10
    })
    .reduce((all, one) => all + one, 0)
}

/** Proportional set size of processes, in bytes. */
export function pssOf(pids) {
  return pids
    .map((pid) => Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '')?.[1] ?? 0) * 1024)
    .reduce((all, one) => all + one, 0)
}

/**
 * Memory of a process's own, in bytes: anonymous pages and shared memory, by their share. Pages of files are left out: whoever
 * else runs the same program on the machine changes the share in them, and the kernel takes them back when it needs them.
 */
function ownMemoryOf(pid) {
  const rollup = read(`/proc/${pid}/smaps_rollup`) ?? ''
  const kB = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0)
  return (kB('Pss_Anon') + kB('Pss_Shmem')) * 1024
}

/** Bytes of own memory by part, summed over the part's processes. `more`: processes that are no descendants. */
export function measureMemory(root, more) {
  const parents = readParents()
  const roots = new Set([root, ...more])
  const isOurs = (pid) => {
    for (let at = pid; at > 1; at = parents.get(at) ?? 0) if (roots.has(at)) return true
    return false
  }
  const sizes = {}
  for (const pid of [...parents.keys()].filter(isOurs)) {
    const own = ownMemoryOf(pid)
    const name = nameFor((read(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' '))
    if (own > 0) sizes[name] = (sizes[name] ?? 0) + own
  }
  return sizes
}
