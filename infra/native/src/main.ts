import { resolve } from 'node:path'
import { parseArguments, type Arguments } from './parse-arguments.js'
import { runEngines, runVerb, type Listener } from './run-verb.js'
import type { Report } from './supervise.js'

try {
  const args = parseArguments(process.argv.slice(2), resolve(import.meta.dirname, '../../..'))
  const listener: Listener = {
    onReport: (report) => (args.json ? undefined : console.log(describe(report))),
    onWait: (line) => console.error(line),
  }
  if (args.verb === 'run') await runUntilStopped(args, listener)
  else {
    const result = await runVerb({ ...args, verb: args.verb }, listener)
    if (args.json) console.log(JSON.stringify(result))
    process.exitCode = result.ok ? 0 : 1
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

async function runUntilStopped(args: Arguments, listener: Listener): Promise<void> {
  const stopped = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stopped.abort())
  if (args.supervised) process.stdin.resume().once('close', () => stopped.abort())
  const onReady = (): void => console.log(JSON.stringify({ event: 'ready', service: 'engines' }))
  await runEngines(args, { ...listener, onReady }, stopped.signal)
  if (args.supervised) process.stdin.destroy()
}

function describe({ title, outcome, pid, port, ms }: Report): string {
  const where = port === null ? '' : ` on 127.0.0.1:${port}, process ${pid}`
  return `${title}: ${outcome}${where} (${ms} ms)`
}
