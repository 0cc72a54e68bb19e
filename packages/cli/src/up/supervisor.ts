import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Child, type ChildEvents, type ChildSpec } from './child.js'
import { repositoryRoot } from './engines.js'

/** In the order of the flow: what hands on starts after what takes. Stopped in the order of the flow as well: intake first. */
export const serviceNames = ['ingest', 'screen', 'escalate', 'archive', 'console'] as const
export type ServiceName = (typeof serviceNames)[number]

/** The built main of a service. */
export function serviceScript(name: ServiceName): string {
  return join(repositoryRoot, 'services', name, 'dist/main.js')
}

/** Where the page and the health of each service are. */
export interface Addresses {
  readonly page: string | null
  readonly services: Readonly<Record<string, string>>
}

export interface Supervisor {
  /** Resolves when all have started and every service says at /readyz that it is ready. */
  readonly ready: Promise<Addresses>
  stop(): Promise<void>
}

export interface SuperviseOptions {
  readonly env: Readonly<Record<string, string>>
  readonly extra: readonly ChildSpec[]
  readonly onLog: ChildEvents['onLog']
  /** Addresses have changed after all were ready. */
  readonly onMoved: (addresses: Addresses) => void
}

/** Starts all services and keeps them running. */
export function supervise({ env, extra, onLog, onMoved }: SuperviseOptions): Supervisor {
  const healths = new Map<string, string>()
  const up = new Set<string>()
  let page: string | null = null
  let isReady = false
  const addresses = (): Addresses => ({ page, services: Object.fromEntries(healths) })
  const specs: ChildSpec[] = [...serviceNames.map((name) => ({ name, env, script: serviceScript(name) })), ...extra]
  let allStarted = (): void => undefined
  const started = new Promise<void>((resolve) => (allStarted = resolve))
  const events: ChildEvents = {
    onLog,
    onEvent: (name, said) => {
      if (typeof said['page'] === 'string') page = said['page']
      else up.add(name)
      if (typeof said['health'] === 'string') healths.set(name, said['health'])
      if (specs.every((spec) => up.has(spec.name))) allStarted()
      if (isReady) onMoved(addresses())
    },
    onRestart: (name, code, waitMs) =>
      onLog(
        name,
        JSON.stringify({ level: 50, time: Date.now(), msg: 'ended by itself, starting again', code, waitMs }),
      ),
  }
  const children = specs.map((spec) => new Child(spec, events))
  for (const child of children) child.start()
  const stopped = new AbortController()
  return {
    ready: started.then(async () => {
      while (!stopped.signal.aborted && !(await areReady(healths))) await pause(200)
      isReady = true
      return addresses()
    }),
    stop: async () => {
      stopped.abort()
      // The platform first, then what takes in, so that the others can finish what they were handed.
      for (const child of [...children.slice(serviceNames.length), ...children.slice(0, serviceNames.length)])
        await child.stop()
    },
  }
}

async function areReady(healths: ReadonlyMap<string, string>): Promise<boolean> {
  const answers = await Promise.all([...healths.values()].map(isReadyAt))
  return answers.every(Boolean)
}

/** A service that does not answer is not ready: it may have just ended, and its next start says where it listens. */
function isReadyAt(health: string): Promise<boolean> {
  return fetch(new URL('/readyz', health), { signal: AbortSignal.timeout(5_000) }).then(
    ({ ok }) => ok,
    () => false,
  )
}
