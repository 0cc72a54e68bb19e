import { StreamkeeperError } from '@streamkeeper/contracts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { access, type Access } from './access.js'
import { authenticate, type Visitor } from './auth.js'
import type { Deps } from './deps.js'

const visitors = new WeakMap<FastifyRequest, Visitor>()

/**
 * Stands before every route that is added to `api` afterwards: nothing is open by default. Adding a route that the table of
 * access does not name throws.
 */
export function addGuard(api: FastifyInstance, deps: Deps, prefix: string): void {
  api.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) findAccess(each, url.slice(prefix.length))
  })
  api.addHook('onRequest', async (request) => {
    const { method, url } = request.routeOptions
    // No route: the answer is 404 for everybody.
    if (url === undefined) return
    const roles = findAccess(String(method), url.slice(prefix.length))
    if (roles !== 'anyone') visitors.set(request, await authenticate(deps, request, roles))
  })
}

/** Who asks; the guard has let him in. */
export function visitorOf(request: FastifyRequest): Visitor {
  const visitor = visitors.get(request)
  if (visitor === undefined) throw new StreamkeeperError('UNAUTHENTICATED', 'there is no valid session')
  return visitor
}

/** A HEAD is asked of what may be got. */
function findAccess(method: string, path: string): Access {
  const found = access[`${method === 'HEAD' ? 'GET' : method} ${path}`]
  if (found === undefined) throw new Error(`${method} ${path} stands in no row of the table of access`)
  return found
}
