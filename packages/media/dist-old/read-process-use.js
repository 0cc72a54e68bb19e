import { readFileSync } from 'node:fs'
/** Linux tells CPU time in ticks of USER_HZ, which is 100 on every platform that Node runs on. */ const MS_PER_TICK = 10
/** Reads /proc/<pid>/stat; undefined when there is no such process (any more). */ export function readProcessUse(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name in brackets may hold anything; the fields after it are numbers: state is field 3, utime 14, stime 15.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return {
      cpuMs: (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK,
      busy: fields[0] === 'R',
    }
  } catch {
    return undefined
  }
}

//# sourceMappingURL=read-process-use.js.map
