import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { repositoryRoot, type Engines, type EngineSet } from '@streamkeeper/testkit'

export interface PrivateEngines {
  readonly engines: Engines
  /** Their data folder. */
  readonly data: string
  stop(name: keyof Engines): Promise<void>
  start(name: keyof Engines): Promise<void>
  /** Ends all of them and removes their data. */
  dispose(): Promise<void>
}

/** The processes that a set is made of. */
export function enginesOf(set: EngineSet): readonly (keyof Engines)[] {
  return set === 'local' ? ['redis', 'postgres'] : ['redis', 's3', 'postgres', 'kafka']
}

/** A set of engines of our own, so that a test that stops one harms no other. */
export async function startPrivateEngines(set: EngineSet): Promise<PrivateEngines> {
  const data = mkdtempSync(join(tmpdir(), 'streamkeeper-faults-'))
  // PostgreSQL runs as another user than root and must reach its cluster in here.
  chmodSync(data, 0o711)
  const tool = join(repositoryRoot(), 'infra/native/dist/main.js')
  const run = async (...words: string[]): Promise<void> => {
    await promisify(execFile)(process.execPath, [tool, ...words, '--data', data])
  }
  const dispose = async (): Promise<void> => {
    await run('stop')
    rmSync(data, { recursive: true, force: true })
  }
  await run('start', ...enginesOf(set)).catch(async (error: unknown) => {
    await dispose()
    throw error
  })
  return {
    engines: JSON.parse(readFileSync(join(data, 'engines.json'), 'utf8')) as Engines,
    data,
    stop: (name) => run('stop', name),
    start: (name) => run('start', name),
    dispose,
  }
}
