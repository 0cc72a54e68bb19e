import { StreamkeeperError } from '@streamkeeper/contracts'
import cookie from '@fastify/cookie'
import rateLimit from '@fastify/rate-limit'
import { fastify, type FastifyInstance } from 'fastify'
import type { Deps } from './deps.js'
import { addGuard } from './guard.js'
import { openApi } from './open-api.js'
import { problem, toProblem } from './problem.js'
import { addAlarmRoutes } from './routes/alarms.js'
import { addCaseRoutes } from './routes/cases.js'
import { addClipRoutes } from './routes/clips.js'
import { addEvidenceRoute } from './routes/evidence.js'
import { addHealthRoutes } from './routes/health.js'
import { addHeldRoutes } from './routes/held.js'
import { addLiveRoutes } from './routes/live.js'
import { addSessionRoutes } from './routes/session.js'
import { addUserRoutes } from './routes/users.js'

const policy = [
  "default-src 'self'",
  "img-src 'self' blob:",
  // A player feeds the browser through a blob: address.
  "media-src 'self' blob:",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "object-src 'none'",
  "form-action 'self'",
].join('; ')

const apiPrefix = '/api/v1'

function tooMany(): StreamkeeperError {
  return new StreamkeeperError('RATE_LIMITED', 'too many attempts from this address')
}

/** The API, and what `addPage` serves beside it. Listens when it is told to. */
export async function createServer(
  deps: Deps,
  addPage: (app: FastifyInstance) => Promise<void>,
): Promise<FastifyInstance> {
  const app = fastify({ logger: false, bodyLimit: 64 * 1024, trustProxy: false, forceCloseConnections: true })
  await app.register(cookie)
  await app.register(rateLimit, { global: false, errorResponseBuilder: tooMany })
  app.addHook('onSend', async (request, reply) => {
    void reply
      .header('content-security-policy', policy)
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'no-referrer')
    if (request.url.startsWith('/api/') && !reply.hasHeader('cache-control'))
      void reply.header('cache-control', 'no-store')
  })
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request
    const labels = { method, route: routeOptions.url ?? 'none', status: String(reply.statusCode) }
    deps.requestSeconds.observe(labels, reply.elapsedTime / 1000)
  })
  app.setErrorHandler(async (error, request, reply) => {
    const answer = toProblem(error)
    if (answer === null) deps.logger.error({ err: error, path: request.routeOptions.url }, 'a request failed')
    const { status, body } =
      answer ?? problem(500, 'UNKNOWN_FAILURE', 'the request failed for a reason that nobody foresaw')
    return reply.code(status).type('application/problem+json').send(body)
  })
  await app.register(
    async (api) => {
      addGuard(api, deps, apiPrefix)
      await addSessionRoutes(api, deps)
      await addUserRoutes(api, deps)
      await addAlarmRoutes(api, deps)
      await addCaseRoutes(api, deps)
      await addHeldRoutes(api, deps)
      await addEvidenceRoute(api, deps)
      await addClipRoutes(api, deps)
      await addLiveRoutes(api, deps)
      api.get('/keys', () => deps.publicKeys())
      api.get('/openapi.json', async () => openApi())
    },
    { prefix: apiPrefix },
  )
  addHealthRoutes(app, deps.healthAddress)
  await addPage(app)
  return app
}
