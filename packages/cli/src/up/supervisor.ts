import { join } from 'node:path'
import { Child, type ChildEvents, type ChildSpec } from './child.js'
import { repositoryRoot } from './engines.js'

/** In the order of the flow: what hands on starts after what takes. Stopped in the order of the flow as well: intake first. */
const serviceNames = ['ingest', 'screen', 'escalate', 'archive', 'console'] as const
export type ServiceName = (typeof serviceNames)[number]

export interface Supervisor {
  /** Health addresses by service, and of the console its page; resolves when all are ready. */
  readonly ready: Promise<Readonly<Record<string, string>>>
  stop(): Promise<void>
}

export interface SuperviseOptions {
  readonly env: Readonly<Record<string, string>>
  readonly extra: readonly ChildSpec[]
  readonly onLog: ChildEvents['onLog']
}

/** Starts all services and keeps them running. */
export function supervise({ env, extra, onLog }: SuperviseOptions): Supervisor {
  const addresses = new Map<string, string>()
  const specs: ChildSpec[] = [
    ...serviceNames.map((name) => ({ name, env, script: join(repositoryRoot, 'services', name, 'dist/main.js') })),
    ...extra,
  ]
  let allReady = (_all: Readonly<Record<string, string>>): void => undefined
  const ready = new Promise<Readonly<Record<string, string>>>((resolve) => (allReady = resolve))
  const events: ChildEvents = {
    onLog,
    onEvent: (name, said) => {
      if (typeof said['page'] === 'string') addresses.set('page', said['page'])
      else addresses.set(name, typeof said['health'] === 'string' ? said['health'] : '')
      if (specs.every((spec) => addresses.has(spec.name))) allReady(Object.fromEntries(addresses))
    },
    onRestart: (name, code, waitMs) =>
      onLog(
        name,
        JSON.stringify({ level: 50, time: Date.now(), msg: 'ended by itself, starting again', code, waitMs }),
      ),
  }
  const children = specs.map((spec) => new Child(spec, events))
  for (const child of children) child.start()
  return {
    ready,
    stop: async () => {
      // The platform first, then what takes in, so that the others can finish what they were handed.
      for (const child of [...children.slice(serviceNames.length), ...children.slice(0, serviceNames.length)])
        await child.stop()
    },
  }
}
