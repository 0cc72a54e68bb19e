import { createServer, type Server, type ServerResponse } from 'node:http'
import { messageOf } from './error-facts.js'
import type { Metrics } from './metrics.js'
import type { ReadinessReport } from './readiness.js'

export interface HealthAddress {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
}

/** One thing that must go round, e.g. a loop: when it did last, and after how long that is too long ago. */
export interface Heartbeat {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly staleAfterMs: number
}

export interface HealthSources {
  readonly service: string
  readonly state: () => string
  readonly heartbeats: () => Readonly<Record<string, Heartbeat>>
  readonly readiness: () => Promise<ReadinessReport>
  readonly metrics: Pick<Metrics, 'text' | 'contentType'>
}

export interface HealthServer {
  /** http://host:port */
  readonly address: string
  close(): Promise<void>
}

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

type Route = (sources: HealthSources) => Promise<Answer>

const routes: ReadonlyMap<string, Route> = new Map([
  ['/healthz', answerAlive],
  ['/readyz', answerReady],
  ['/metrics', answerMetrics],
])

/** Serves /healthz (the process lives and its loops go round), /readyz (dependencies by name) and /metrics. */
export async function startHealthServer(at: HealthAddress, sources: HealthSources): Promise<HealthServer> {
  const server = createServer((request, response) => {
    void answer(sources, request.method, request.url).then((reply) => send(response, reply))
  })
  server.requestTimeout = 5000
  await listen(server, at)
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : at.port
  return {
    address: `http://${at.host.includes(':') ? `[${at.host}]` : at.host}:${port}`,
    close: () => close(server),
  }
}

async function answer(sources: HealthSources, method = '', url = ''): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') return json(405, { error: 'GET only' })
  const route = routes.get(url.split('?', 1)[0] ?? '')
  if (route === undefined) return json(404, { error: `one of ${[...routes.keys()].join(', ')}` })
  try {
    return await route(sources)
  } catch (error) {
    return json(500, { error: messageOf(error) })
  }
}

function answerAlive({ service, state, heartbeats }: HealthSources): Promise<Answer> {
  const loops = Object.fromEntries(
    Object.entries(heartbeats()).map(([name, { at, staleAfterMs }]) => {
      const ageMs = Date.now() - at
      return [name, { ok: ageMs <= staleAfterMs, ageMs }]
    }),
  )
  const ok = state() !== 'FAILED' && Object.values(loops).every((loop) => loop.ok)
  return Promise.resolve(json(ok ? 200 : 503, { status: ok ? 'alive' : 'stuck', service, state: state(), loops }))
}

async function answerReady({ service, state, readiness }: HealthSources): Promise<Answer> {
  const { ok, dependencies } = await readiness()
  const ready = ok && state() === 'RUNNING'
  const status = ready ? 'ready' : 'not-ready'
  return json(ready ? 200 : 503, { status, service, state: state(), dependencies })
}

async function answerMetrics({ metrics }: HealthSources): Promise<Answer> {
  return { status: 200, type: metrics.contentType, body: await metrics.text() }
}

function json(status: number, body: unknown): Answer {
  return { status, type: 'application/json; charset=utf-8', body: `${JSON.stringify(body)}\n` }
}

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
  response.end(body)
}

function listen(server: Server, { host, port }: HealthAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)))
    server.closeAllConnections()
  })
}
