import { StreamkeeperError } from '@streamkeeper/contracts'

/** 0 done and good; 1 the command itself failed; 2 done, and the answer is no; 64 wrong usage. */
export const exitCodes = { good: 0, failed: 1, no: 2, wrongUsage: 64 } as const

/** The command cannot be carried out as it was typed. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** One JSON document or line; nothing else goes to standard output with --json. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

export function printLine(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Progress and logs. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** Says what went wrong and gives the exit code for it. */
export function report(error: unknown): number {
  const code = error instanceof StreamkeeperError ? `${error.code}: ` : ''
  note(`streamkeeper: ${code}${error instanceof Error ? error.message : String(error)}`)
  return error instanceof UsageError ? exitCodes.wrongUsage : exitCodes.failed
}
