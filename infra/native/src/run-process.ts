import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'

export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd: string
  /** The whole environment when given; else the caller's. */
  readonly env?: NodeJS.ProcessEnv
  /** Numbers of the user who runs it; else the caller. */
  readonly user?: User | null
}

export interface User {
  readonly uid: number
  readonly gid: number
}

/** Starts a process that outlives this one, its output appended to the log; returns its id. */
export async function startDetached(command: Command, log: string): Promise<number> {
  const output = openSync(log, 'a', 0o600)
  try {
    const child = spawn(command.file, command.args, {
      ...optionsOf(command),
      detached: true,
      stdio: ['ignore', output, output],
    })
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', reject)
    })
    child.unref()
    if (child.pid === undefined) throw new Error(`${command.file} has no process id`)
    return child.pid
  } finally {
    closeSync(output)
  }
}

/** Runs a command to its end and returns what it printed. Throws with the tail of its output when it fails. */
export async function runToEnd(command: Command, input = ''): Promise<string> {
  const child = spawn(command.file, command.args, { ...optionsOf(command), stdio: ['pipe', 'pipe', 'pipe'] })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  // A child that ends without reading closes the pipe; its exit code tells the story.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const printed = Buffer.concat(chunks).toString('utf8')
  if (code !== 0) throw new Error(`${command.file} failed (${code}):\n${tail(printed)}`)
  return printed
}

/** The last lines of a text. */
export function tail(text: string, lines = 20): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n')
}

function optionsOf({ cwd, env, user }: Command): { cwd: string; env: NodeJS.ProcessEnv; uid?: number; gid?: number } {
  return { cwd, env: env ?? process.env, ...user }
}
