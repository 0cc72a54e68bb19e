import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { repositoryRoot } from '@streamkeeper/testkit'

/** The built command. */
export const streamkeeper = join(repositoryRoot(), 'packages/cli/bin/streamkeeper.mjs')

/** `streamkeeper up` as a process of its own, with what it says. */
export class UpProcess {
  readonly child: ChildProcess
  /** Its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>
  /** The ready line; rejects with the last lines of the log when it ends before. */
  readonly ready: Promise<Record<string, unknown>>

  /** `log`: where its lines go, also for a test that starts it more than once. */
  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    readonly log: string[] = [],
  ) {
    const command = [streamkeeper, 'up', '--port', '0', '--json', ...args]
    const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.child = child
    createInterface({ input: child.stderr }).on('line', (line) => log.push(line))
    this.ended = new Promise((resolve) => child.once('close', (code) => resolve(code)))
    const line = new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve))
    const early = this.ended.then((code): string => {
      throw new Error(`up ended with ${String(code)}:\n${log.slice(-20).join('\n')}`)
    })
    this.ready = Promise.race([line, early]).then((text) => JSON.parse(text) as Record<string, unknown>)
  }

  /** As Ctrl-C does; gives the exit code. */
  stop(): Promise<number | null> {
    this.child.kill('SIGINT')
    return this.ended
  }
}
