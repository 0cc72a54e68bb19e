import type { IncomingMessage, ServerResponse } from 'node:http'
import type { DecideHeldRequest, DecideRequest, LeaseRequest, SignInRequest } from '@streamkeeper/contracts'
import { findDrawing } from './pictures.js'
import { StandIn, standInAccount, StandInError } from './stand-in.js'

type Route = (found: readonly string[], body: unknown, query: URLSearchParams) => unknown

async function readBody(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const text = Buffer.concat(parts).toString('utf8')
  return text === '' ? {} : JSON.parse(text)
}

function sessionView() {
  const expiresAt = new Date(Date.now() + 8 * 3_600_000).toISOString()
  return { username: standInAccount.username, role: 'moderator', csrf: 'stand-in', expiresAt }
}

function signIn(api: StandIn, body: unknown) {
  const { username, password } = body as SignInRequest
  api.signedIn = username === standInAccount.username && password === standInAccount.password
  if (!api.signedIn) throw new StandInError('UNAUTHENTICATED', 401)
  return sessionView()
}

/** Puts the stand-in into a state to look at: `empty`, `full`, `away`, `disobey`, `steal`. */
function setState(api: StandIn, query: URLSearchParams): null {
  const to = query.get('to')
  if (to === 'empty') api.cases = []
  if (to === 'full') api.cases = new StandIn().cases
  if (to === 'disobey') api.disobey = true
  if (to === 'steal') for (const each of api.cases) api.change(each, { state: 'claimed', claimedBy: 'reviewer12' })
  api.away = to === 'away' ? ['redis'] : []
  api.say({ type: 'ready', ok: api.away.length === 0, away: api.away })
  return null
}

function next(api: StandIn) {
  const free = api.cases.find((each) => each.case.state === 'open')
  return free ? api.claim(free.case.caseId) : null
}

function routesOf(api: StandIn): [RegExp, Route][] {
  const token = (body: unknown) => (body as LeaseRequest).leaseToken
  return [
    [/^POST \/session$/, (_found, body) => signIn(api, body)],
    [/^DELETE \/session$/, () => ((api.signedIn = false), null)],
    [/^GET \/session$/, () => sessionView()],
    [
      /^GET \/status$/,
      () => ({ ok: api.away.length === 0, away: api.away, archive: 'unlocked', at: new Date().toISOString() }),
    ],
    [/^GET \/held$/, (_found, _body, query) => api.held.list(query)],
    [/^POST \/held\/decisions$/, (_found, body) => api.held.decide(body as DecideHeldRequest)],
    [/^GET \/alarms$/, () => ({ alarms: [], open: 0, at: new Date().toISOString() })],
    [/^GET \/cases$/, (_found, _body, query) => api.list(query.get('state') ?? 'waiting')],
    [/^POST \/cases\/next$/, () => next(api)],
    [/^GET \/cases\/([^/]+)$/, ([id = '']) => api.find(id)],
    [/^POST \/cases\/([^/]+)\/claim$/, ([id = '']) => api.claim(id)],
    [
      /^POST \/cases\/([^/]+)\/heartbeat$/,
      ([id = ''], body) => {
        const detail = api.hold(id, token(body))
        const leaseUntil = new Date(Date.now() + 180_000).toISOString()
        detail.case.leaseUntil = leaseUntil
        return { caseId: id, leaseToken: token(body), leaseUntil }
      },
    ],
    [/^POST \/cases\/([^/]+)\/release$/, ([id = ''], body) => (api.release(id, token(body)), null)],
    [/^POST \/cases\/([^/]+)\/decisions$/, ([id = ''], body) => api.decide(id, body as DecideRequest)],
    [/^DELETE \/decisions\/([^/]+)$/, ([id = '']) => (api.undo(id), null)],
    [/^POST \/dev\/state$/, (_found, _body, query) => setState(api, query)],
  ]
}

function follow(api: StandIn, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  response.write(': open\n\n')
  const listener = (event: unknown) => response.write(`data: ${JSON.stringify(event)}\n\n`)
  api.listeners.add(listener)
  response.on('close', () => api.listeners.delete(listener))
}

function admit(api: StandIn, method: string, path: string): void {
  const isOpen = method === 'POST' && (path === '/session' || path.startsWith('/dev/'))
  if (!api.signedIn && !isOpen) throw new StandInError('UNAUTHENTICATED', 401)
}

function findRoute(api: StandIn, name: string): [RegExp, Route] {
  const found = routesOf(api).find(([pattern]) => pattern.test(name))
  if (!found) throw new StandInError('NOT_FOUND', 404)
  return found
}

async function answer(api: StandIn, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/' } = request
  const { pathname, searchParams } = new URL(url, 'http://stand-in')
  const path = pathname.replace('/api/v1', '')
  admit(api, method, path)
  if (path === '/events') return follow(api, response)
  const drawing = findDrawing(path.replace('/evidence/', ''))
  if (drawing !== undefined) return void response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(drawing)
  const name = `${method} ${path}`
  const [pattern, route] = findRoute(api, name)
  const found = route(pattern.exec(name)?.slice(1) ?? [], await readBody(request), searchParams)
  if (found === null) return void response.writeHead(204).end()
  return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(found))
}

/** Answers `/api/v1` from memory. */
export function serveApi(api: StandIn) {
  return (request: IncomingMessage, response: ServerResponse, pass: () => void): void => {
    if (!request.url?.startsWith('/api/v1')) return pass()
    answer(api, request, response).catch((error: unknown) => {
      const { code, status } = error instanceof StandInError ? error : { code: 'INTERNAL', status: 500 }
      response.writeHead(status, { 'content-type': 'application/problem+json' })
      response.end(JSON.stringify({ type: 'about:blank', title: String(error), status, code }))
    })
    return undefined
  }
}
