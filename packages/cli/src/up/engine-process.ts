import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Child } from './child.js'
import { repositoryRoot, type OwnEngineSet } from './engines.js'

const script = join(repositoryRoot, 'infra/native/dist/main.js')
const names: Readonly<Record<OwnEngineSet, readonly string[]>> = {
  local: ['redis', 'postgres'],
  native: ['kafka', 's3', 'redis', 'postgres'],
}

export interface EngineProcess {
  /** Resolves when all engines answer; rejects when they do not come up. */
  readonly ready: Promise<void>
  stop(): Promise<void>
}

/** Starts the private engines of a data folder and keeps them running; one that ends is started again. */
export function startEngines(
  set: OwnEngineSet,
  dataDir: string,
  onLog: (name: string, line: string) => void,
): EngineProcess {
  let child: Child | null = null
  const ready = new Promise<void>((resolve, reject) => {
    child = new Child(
      { name: 'engines', script, args: ['run', ...names[set], '--data', dataDir, '--json'], env: {}, isIdle: true },
      {
        onLog,
        onEvent: () => resolve(),
        // After the first ready this changes nothing: the process is started again and finds its engines running.
        onRestart: () => reject(new Error('the engines did not come up; what they said stands above')),
      },
    )
    child.start()
  })
  return { ready, stop: async () => child?.stop() }
}

/** Stops the engines of a data folder and removes their data. */
export async function forgetEngines(dataDir: string): Promise<void> {
  await promisify(execFile)(process.execPath, [script, 'forget', '--data', dataDir])
}
