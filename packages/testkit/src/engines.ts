import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** Addresses and credentials of the real engines that tests use. */
export interface Engines {
  readonly kafka: { readonly brokers: string }
  readonly redis: { readonly url: string }
  readonly postgres: { readonly url: string }
  readonly s3: {
    readonly endpoint: string
    readonly region: string
    readonly accessKeyId: string
    readonly secretAccessKey: string
  }
}

/** Reads `STREAMKEEPER_ENGINES_FILE`, or `.streamkeeper/engines.json` of the repository. Throws when there is none. */
export function engines(): Engines {
  const file = enginesFile()
  if (!existsSync(file)) throw new Error(`${file} is missing; start the engines: npm run engines -- start`)
  return JSON.parse(readFileSync(file, 'utf8')) as Engines
}

/**
 * Stops (`kill`: by SIGKILL, as a crash does) or starts one engine of the set that `engines()` names, and waits until it
 * is done. It stands behind every test that uses the set: start your own set for faults. Throws with the tool's words.
 */
export async function controlEngine(name: keyof Engines, verb: 'start' | 'stop' | 'kill'): Promise<void> {
  const tool = join(repositoryRoot(), 'infra/native/dist/main.js')
  if (!existsSync(tool)) throw new Error(`${tool} is missing; build it: npm run build`)
  const words = verb === 'kill' ? ['stop', name, '--kill'] : [verb, name]
  await promisify(execFile)(process.execPath, [tool, ...words, '--data', dirname(enginesFile())])
}

/** A name that nobody else uses: letters, digits and dashes, so it serves as topic, bucket and key prefix. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(5).toString('hex')}`
}

function enginesFile(): string {
  const given = process.env['STREAMKEEPER_ENGINES_FILE']
  return given === undefined || given === '' ? join(repositoryRoot(), '.streamkeeper/engines.json') : given
}

/** The repository: the folder above this one that holds turbo.json beside the lock file; packages have one of theirs. */
export function repositoryRoot(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'turbo.json')) && existsSync(join(folder, 'package-lock.json'))) return folder
    if (folder === dirname(folder)) throw new Error(`${import.meta.dirname} lies in no repository`)
  }
}
