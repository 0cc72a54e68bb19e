import { liveTopics } from '@streamkeeper/contracts'
import { migrate, openDatabase } from '@streamkeeper/database'
import { createSpoolPart, openEventLog, openSpool } from '@streamkeeper/engines'
import { createMarks } from '@streamkeeper/redis'
import {
  createConnectionPart,
  createLane,
  createLogger,
  createLogPart,
  createLoop,
  createMetrics,
  createService,
  pipelineObserver,
  readPolicyFile,
  type Part,
  type Service,
} from '@streamkeeper/runtime'
import { source } from './caused.js'
import type { Config } from './config.js'
import type { Deps } from './deps.js'
import { openMedia } from './open-media.js'
import { createIngestPipeline } from './pipeline.js'
import { createStreamLookup } from './stream-lookup.js'
import { tendStreams } from './tend-streams.js'

/** Takes platform events, checks them, spools media, hands on canonical events. */
export async function create(config: Config, overrides: Partial<Deps> = {}): Promise<Service> {
  const logger = createLogger({ name: 'ingest', level: config.logLevel })
  const metrics = createMetrics('ingest')
  const deps = await connect(config, { logger, ...overrides })
  const { log, database, spool, media, marks } = deps
  const observer = pipelineObserver(metrics, logger)
  const lane = createLane(
    { ...deps, metrics },
    {
      name: 'ingest',
      topics: liveTopics,
      source,
      spool,
      process: createIngestPipeline(deps, { observer }),
      maxInFlight: 64,
      maxInFlightBytes: 32 * 1024 * 1024,
    },
  )
  const parts: Part[] = [
    createConnectionPart('database', { open: () => migrate(database), close: () => database.close() }),
    createSpoolPart(config, spool),
    createConnectionPart('media', { open: () => Promise.resolve(), close: () => media.close() }),
    createConnectionPart('marks', { open: () => marks.ping(), close: () => marks.close() }),
    createLogPart(log, config, logger),
    lane.part,
    createLoop({
      name: 'tend streams',
      everyMs: 1_000,
      run: (signal) => tendStreams({ ...config, ...deps }, signal),
      logger,
      metrics,
    }),
    lane.watchdog,
  ]
  const dependencies = {
    'event log': () => log.ping(),
    postgres: () => database.ping(),
    redis: () => marks.ping(),
    spool: () => spool.ping(),
  }
  return createService({
    name: 'ingest',
    logger,
    metrics,
    parts,
    dependencies,
    health: { host: config.healthHost, port: config.healthPort },
  })
}

async function connect(config: Config, overrides: Partial<Deps> & Pick<Deps, 'logger'>): Promise<Deps> {
  const { logger } = overrides
  const database = overrides.database ?? openDatabase({ url: config.databaseUrl, poolSize: 16, logger })
  return {
    database,
    streams: createStreamLookup(database, Date.now),
    log: overrides.log ?? openEventLog(config, { clientId: 'streamkeeper-ingest', logger }),
    spool: overrides.spool ?? openSpool(config),
    marks: overrides.marks ?? createMarks({ url: config.redisUrl, prefix: `${config.topicPrefix}streamkeeper:seen:` }),
    policy: overrides.policy ?? (await readPolicyFile(config.policyFile)),
    media: overrides.media ?? (await openMedia(config)),
    topicPrefix: config.topicPrefix,
    windowMs: config.windowMs,
    keepMarksMs: config.keepMarksMs,
    now: Date.now,
    ...overrides,
  }
}
