import type { FastifyInstance } from 'fastify'
import { problem } from '../problem.js'

/** What a probe of the page's own port gets: the service's health server answers, wherever it listens. */
export function addHealthRoutes(app: FastifyInstance, healthAddress: () => string | null): void {
  for (const path of ['/healthz', '/readyz', '/metrics'])
    app.get(path, async (_request, reply) => {
      const address = healthAddress()
      if (address === null) {
        const { status, body } = problem(503, 'ENGINE_AWAY', 'the service is starting')
        return reply.code(status).type('application/problem+json').send(body)
      }
      const answer = await fetch(new URL(path, address), { signal: AbortSignal.timeout(5_000) })
      void reply.code(answer.status).type(answer.headers.get('content-type') ?? 'text/plain')
      return reply.send(await answer.text())
    })
}
