import { readProcessUse } from '../src/read-process-use.js'
import type { Sandbox } from '../src/sandbox.js'

/** An ordinary user's sandbox: root hides limits that count over all processes of a user. */
export function asOrdinaryUser(sandbox: Sandbox): Sandbox {
  if (process.getuid?.() !== 0) return sandbox
  return { ...sandbox, prefix: ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...sandbox.prefix] }
}

export function report(words: string): void {
  process.stderr.write(`media: ${words}\n`)
}

/** CPU time of the decoders in ms; the walls' own process is counted too. */
export function cpuOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (readProcessUse(pid)?.cpuMs ?? 0), 0)
}
