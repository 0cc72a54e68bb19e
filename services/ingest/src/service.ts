import { realpath } from 'node:fs/promises'
import { liveTopics, topicName } from '@streamkeeper/contracts'
import { migrate, openDatabase } from '@streamkeeper/database'
import { createKafkaEventLog } from '@streamkeeper/kafka'
import { consume, createDeadLetter } from '@streamkeeper/pipeline'
import { createMarks } from '@streamkeeper/redis'
import {
  createConnectionPart,
  createConsumerPart,
  createLogger,
  createLogPart,
  createLoop,
  createMetrics,
  createService,
  createWatchdog,
  kafkaOptions,
  pipelineObserver,
  readPolicyFile,
  s3Options,
  type Part,
  type Service,
} from '@streamkeeper/runtime'
import { createS3ObjectStore, ensureBucket } from '@streamkeeper/storage'
import { source } from './caused.js'
import type { Config } from './config.js'
import type { Deps } from './deps.js'
import { createIngestPipeline } from './pipeline.js'
import { tendStreams } from './tend-streams.js'

/** Takes platform events, checks them, spools media, hands on canonical events. */
export async function create(config: Config, overrides: Partial<Deps> = {}): Promise<Service> {
  const logger = createLogger({ name: 'ingest', level: config.logLevel })
  const metrics = createMetrics('ingest')
  const deps = await connect(config, { logger, ...overrides })
  const { log, database, spool, marks } = deps
  const consumer = createConsumer(deps, pipelineObserver(metrics, logger))
  const group = groupOf(config.topicPrefix)
  const parts: Part[] = [
    createConnectionPart('database', { open: () => migrate(database), close: () => database.close() }),
    createConnectionPart('spool', {
      open: () => ensureBucket(s3Options(config, config.spoolBucket), { versioning: false, objectLock: false }),
      close: () => spool.close(),
    }),
    createConnectionPart('marks', { open: () => marks.ping(), close: () => marks.close() }),
    createLogPart(log, { topicPrefix: config.topicPrefix, logger }),
    consumer,
    createLoop({
      name: 'tend streams',
      everyMs: 1_000,
      run: (signal) => tendStreams({ ...config, ...deps }, signal),
      logger,
      metrics,
    }),
    createWatchdog({ log, group, topics: namesOf(config.topicPrefix), logger, metrics, stats: () => consumer.stats() }),
  ]
  const dependencies = {
    kafka: () => log.ping(),
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
  return {
    log: overrides.log ?? createKafkaEventLog({ ...kafkaOptions(config), clientId: 'streamkeeper-ingest', logger }),
    database: overrides.database ?? openDatabase({ url: config.databaseUrl, poolSize: 16, logger }),
    spool: overrides.spool ?? createS3ObjectStore(s3Options(config, config.spoolBucket)),
    marks: overrides.marks ?? createMarks({ url: config.redisUrl, prefix: `${config.topicPrefix}streamkeeper:seen:` }),
    policy: overrides.policy ?? (await readPolicyFile(config.policyFile)),
    mediaRoot: config.mediaRoot === undefined ? null : await realpath(config.mediaRoot),
    topicPrefix: config.topicPrefix,
    windowMs: config.windowMs,
    now: Date.now,
    ...overrides,
  }
}

function createConsumer(deps: Deps, observer: ReturnType<typeof pipelineObserver>) {
  const { log, spool, topicPrefix, now } = deps
  const run = createIngestPipeline(deps, { observer })
  const deadLetter = createDeadLetter({
    log,
    topicPrefix,
    source,
    now,
    spool: async (bytes, { sha256 }) => {
      const key = `rejected/${sha256}`
      await spool.put(key, bytes, { contentType: 'application/octet-stream', ifAbsent: true })
      return { key, sha256, size: bytes.length }
    },
  })
  return createConsumerPart('consumer', () =>
    consume({
      log,
      group: groupOf(topicPrefix),
      topics: namesOf(topicPrefix),
      maxInFlight: 64,
      maxInFlightBytes: 32 * 1024 * 1024,
      process: run,
      deadLetter,
      observer,
    }),
  )
}

function groupOf(prefix: string): string {
  return `${prefix}streamkeeper-ingest`
}

function namesOf(prefix: string): string[] {
  return liveTopics.map((topic) => topicName(prefix, topic))
}
