import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { engineNames, type EngineName } from './engine.js'

const verbs = ['start', 'stop', 'status', 'run', 'forget'] as const
export type Verb = (typeof verbs)[number]

export interface Arguments {
  readonly verb: Verb
  readonly engines: readonly EngineName[]
  readonly data: string
  readonly json: boolean
  readonly kill: boolean
  readonly supervised: boolean
}

const usage = `usage: engines ${verbs.join('|')} [${engineNames.join('|')}]... [--data DIR] [--json] [--kill]
  run         starts them, starts again what ends, and stops them all at the end
  forget      stops them all and removes their data
  --data DIR  folder of the data and of engines.json; default .streamkeeper in the repository
  --json      one JSON object on standard output
  --kill      stop: end by SIGKILL, as a crash does
  --supervised  run: ends when its standard input does`

/** Understands a command line; paths are taken from `root`, the repository. Throws with the usage. */
export function parseArguments(line: readonly string[], root: string): Arguments {
  const { values, positionals } = readOptions(line)
  const [verb, ...names] = positionals
  if (verb === undefined || !isVerb(verb)) throw new Error(usage)
  const problem = findProblem(verb, names, values)
  if (problem !== null) throw new Error(`${problem}\n${usage}`)
  const engines = engineNames.filter((name) => names.length === 0 || names.includes(name))
  const data = values.data === undefined ? resolve(root, '.streamkeeper') : resolve(values.data)
  return { verb, engines, data, json: values.json, kill: values.kill, supervised: values.supervised }
}

function findProblem(
  verb: Verb,
  names: readonly string[],
  { kill, supervised }: { readonly kill: boolean; readonly supervised: boolean },
): string | null {
  if (supervised && verb !== 'run') return '--supervised goes with run only'
  if (kill && verb !== 'stop') return '--kill goes with stop only'
  if (verb === 'forget' && names.length > 0) return 'forget means all of them'
  const unknown = names.filter((name) => !isEngineName(name))
  return unknown.length === 0 ? null : `${unknown.join(', ')}: no such engine`
}

function readOptions(line: readonly string[]) {
  const options = {
    data: { type: 'string' },
    json: { type: 'boolean', default: false },
    kill: { type: 'boolean', default: false },
    supervised: { type: 'boolean', default: false },
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

function isVerb(word: string): word is Verb {
  return (verbs as readonly string[]).includes(word)
}
