import { resolve } from 'node:path'
import { parseArguments } from './parse-arguments.js'
import { runVerb } from './run-verb.js'
import type { Report } from './supervise.js'

try {
  const args = parseArguments(process.argv.slice(2), resolve(import.meta.dirname, '../../..'))
  const result = await runVerb(args, {
    onReport: (report) => (args.json ? undefined : console.log(describe(report))),
    onWait: (line) => console.error(line),
  })
  if (args.json) console.log(JSON.stringify(result))
  process.exitCode = result.ok ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

function describe({ title, outcome, pid, port, ms }: Report): string {
  const where = port === null ? '' : ` on 127.0.0.1:${port}, process ${pid}`
  return `${title}: ${outcome}${where} (${ms} ms)`
}
