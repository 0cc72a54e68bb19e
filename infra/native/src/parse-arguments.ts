import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { engineNames, type EngineName } from './engine.js'

export interface Arguments {
  readonly verb: 'start' | 'stop' | 'status'
  readonly engines: readonly EngineName[]
  readonly data: string
  readonly json: boolean
  readonly kill: boolean
}

const usage = `usage: engines start|stop|status [${engineNames.join('|')}]... [--data DIR] [--json] [--kill]
  --data DIR  folder of the data and of engines.json; default .streamkeeper in the repository
  --json      one JSON object on standard output
  --kill      stop: end by SIGKILL, as a crash does`

/** Understands a command line; paths are taken from `root`, the repository. Throws with the usage. */
export function parseArguments(line: readonly string[], root: string): Arguments {
  const { values, positionals } = readOptions(line)
  const [verb, ...names] = positionals
  if (verb !== 'start' && verb !== 'stop' && verb !== 'status') throw new Error(usage)
  if (values.kill && verb !== 'stop') throw new Error(`--kill goes with stop only\n${usage}`)
  const unknown = names.filter((name) => !isEngineName(name))
  if (unknown.length > 0) throw new Error(`${unknown.join(', ')}: no such engine\n${usage}`)
  const engines = engineNames.filter((name) => names.length === 0 || names.includes(name))
  const data = values.data === undefined ? resolve(root, '.streamkeeper') : resolve(values.data)
  return { verb, engines, data, json: values.json, kill: values.kill }
}

function readOptions(line: readonly string[]) {
  const options = {
    data: { type: 'string' },
    json: { type: 'boolean', default: false },
    kill: { type: 'boolean', default: false },
  } as const
  try {
    return parseArgs({ args: [...line], options, allowPositionals: true })
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${usage}`, { cause: error })
  }
}

function isEngineName(name: string): name is EngineName {
  return (engineNames as readonly string[]).includes(name)
}
