import { readFileSync } from 'node:fs'

/** Linux tells CPU time in ticks of USER_HZ, which is 100 on every platform that Node runs on. */
const MS_PER_TICK = 10

export interface ProcessUse {
  /** User and system time of the whole life, in milliseconds. */
  readonly cpuMs: number
  /** Ready to run, though perhaps waiting for a core. */
  readonly busy: boolean
}

/** Reads /proc/<pid>/stat; undefined when there is no such process (any more). */
export function readProcessUse(pid: number): ProcessUse | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name in brackets may hold anything; the fields after it are numbers: state is field 3, utime 14, stime 15.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { cpuMs: (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK, busy: fields[0] === 'R' }
  } catch {
    return undefined
  }
}
