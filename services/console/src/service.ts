import { migrate, openDatabase } from '@streamkeeper/database'
import { archiveWarning, openSpool } from '@streamkeeper/engines'
import { createBullReviewQueue } from '@streamkeeper/queue'
import {
  createConnectionPart,
  createLogger,
  createMetrics,
  createService,
  keysDirectory,
  loadPublicJwks,
  readPolicyFile,
  type Logger,
  type Metrics,
  type Part,
  type Service,
} from '@streamkeeper/runtime'
import type { FastifyInstance } from 'fastify'
import type { Config } from './config.js'
import type { Deps } from './deps.js'
import { addPage } from './page.js'
import { createServer } from './server.js'

/** The HTTP API and the page. */
export async function create(config: Config, overrides: Partial<Deps> = {}): Promise<Service> {
  const logger = createLogger({ name: 'console', level: config.logLevel })
  const metrics = createMetrics('console')
  const healthAddress = (): string | null => service.healthAddress
  const deps: Deps = { ...(await connect(config, logger)), ...measures(metrics), healthAddress, ...overrides }
  const { database, queue, spool } = deps
  const parts: Part[] = [
    createConnectionPart('database', { open: () => migrate(database), close: () => database.close() }),
    createConnectionPart('queue', { open: () => queue.ping(), close: () => queue.close() }),
    createConnectionPart('spool', { open: () => Promise.resolve(), close: () => spool.close() }),
    createPagePart(deps, { host: config.consoleHost, port: config.consolePort }),
  ]
  const dependencies = { postgres: () => database.ping(), redis: () => queue.ping(), spool: () => spool.ping() }
  const service = createService({
    name: 'console',
    logger,
    metrics,
    parts,
    dependencies,
    health: { host: config.healthHost, port: config.healthPort },
  })
  return service
}

function measures(metrics: Metrics): Pick<Deps, 'requestSeconds'> {
  const labels = ['method', 'route', 'status'] as const
  return { requestSeconds: metrics.histogram('streamkeeper_http_request_seconds', 'Requests of the API', { labels }) }
}

async function connect(config: Config, logger: Logger): Promise<Omit<Deps, 'healthAddress' | 'requestSeconds'>> {
  return {
    database: openDatabase({ url: config.databaseUrl, poolSize: 16, logger }),
    queue: createBullReviewQueue({ redisUrl: config.redisUrl, prefix: `${config.topicPrefix}streamkeeper`, logger }),
    spool: openSpool(config),
    policy: await readPolicyFile(config.policyFile),
    publicKeys: () => loadPublicJwks(keysDirectory(config)),
    archive: archiveWarning(config) === null ? 'locked' : 'unlocked',
    localToken: config.localToken ?? null,
    logger,
    now: () => new Date(),
  }
}

/** Says the address of the page on standard output, where the supervisor and tests read it. */
function createPagePart(deps: Deps, address: { readonly host: string; readonly port: number }): Part {
  let server: FastifyInstance | null = null
  return {
    name: 'page',
    start: async () => {
      server = await createServer(deps, addPage)
      const page = await server.listen(address)
      process.stdout.write(`${JSON.stringify({ event: 'page', service: 'console', page })}\n`)
    },
    stop: async () => server?.close(),
  }
}
