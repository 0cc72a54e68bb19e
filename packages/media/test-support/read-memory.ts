import { readFileSync } from 'node:fs'

/** Proportional set size of processes in MB: shared pages count by their part. Needs the right to look at them. */
export function readPssMb(pids: readonly number[]): number {
  let kilobytes = 0
  for (const pid of pids) {
    const found = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))
    kilobytes += Number(found?.[1] ?? 0)
  }
  return kilobytes / 1024
}
