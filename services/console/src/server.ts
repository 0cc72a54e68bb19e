import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import cookie from '@fastify/cookie'
import files from '@fastify/static'
import { fastify, type FastifyInstance } from 'fastify'
import type { Deps } from './deps.js'
import { openApi } from './open-api.js'
import { problem, toProblem } from './problem.js'
import { addCaseRoutes } from './routes/cases.js'
import { addEvidenceRoute } from './routes/evidence.js'
import { addHealthRoutes } from './routes/health.js'
import { addLiveRoutes } from './routes/live.js'
import { addSessionRoutes } from './routes/session.js'

const policy = [
  "default-src 'self'",
  "img-src 'self' blob:",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "object-src 'none'",
  "form-action 'self'",
].join('; ')

/** From `dist` the page lies beside; from `src`, under test, in `dist`. */
const pageFolder = ['./web', '../dist/web']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(path))

/** The API and the page. Listens when it is told to. */
export async function createServer(deps: Deps): Promise<FastifyInstance> {
  const app = fastify({ logger: false, bodyLimit: 64 * 1024, trustProxy: false, forceCloseConnections: true })
  await app.register(cookie)
  app.addHook('onSend', async (request, reply) => {
    void reply
      .header('content-security-policy', policy)
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'no-referrer')
    if (request.url.startsWith('/api/') && !reply.hasHeader('cache-control'))
      void reply.header('cache-control', 'no-store')
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
      await addSessionRoutes(api, deps)
      await addCaseRoutes(api, deps)
      await addEvidenceRoute(api, deps)
      await addLiveRoutes(api, deps)
      api.get('/keys', () => deps.publicKeys())
      api.get('/openapi.json', async () => openApi())
    },
    { prefix: '/api/v1' },
  )
  addHealthRoutes(app, deps.healthAddress)
  await addPage(app)
  return app
}

async function addPage(app: FastifyInstance): Promise<void> {
  if (pageFolder !== undefined) await app.register(files, { root: pageFolder })
  app.setNotFoundHandler(async (request, reply) => {
    const isPage = request.method === 'GET' && !request.url.startsWith('/api/') && pageFolder !== undefined
    if (isPage) return reply.sendFile('index.html')
    const { status, body } = problem(404, 'NOT_FOUND', 'there is no such address')
    return reply.code(status).type('application/problem+json').send(body)
  })
}
