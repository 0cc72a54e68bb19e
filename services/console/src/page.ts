import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import files from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { problem } from './problem.js'

/** From `dist` the page lies beside; from `src`, under test, in `dist`. */
const pageFolder = ['./web', '../dist/web']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(path))

/** The page, at every address that is none of the API. */
export async function addPage(app: FastifyInstance): Promise<void> {
  if (pageFolder !== undefined) await app.register(files, { root: pageFolder })
  app.setNotFoundHandler(async (request, reply) => {
    const isPage = request.method === 'GET' && !request.url.startsWith('/api/') && pageFolder !== undefined
    if (isPage) return reply.sendFile('index.html')
    const { status, body } = problem(404, 'NOT_FOUND', 'there is no such address')
    return reply.code(status).type('application/problem+json').send(body)
  })
}
