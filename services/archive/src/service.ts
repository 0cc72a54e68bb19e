import { readFile } from 'node:fs/promises'
import { topicName, topics, type Topic } from '@streamkeeper/contracts'
import { migrate, openDatabase } from '@streamkeeper/database'
import { createKafkaEventLog } from '@streamkeeper/kafka'
import { consume, createDeadLetter } from '@streamkeeper/pipeline'
import { parseProfile, profileUrl, type Profile } from '@streamkeeper/policy'
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
  s3Options,
  type Metrics,
  type Part,
  type Service,
} from '@streamkeeper/runtime'
import { createS3ObjectStore, ensureBucket } from '@streamkeeper/storage'
import { checkArchive } from './check-archive.js'
import { extendRound } from './extend-round.js'
import type { Config } from './config.js'
import type { Deps } from './deps.js'
import { createLogStagePart } from './log-part.js'
import { sealRound, sweepRound } from './loops.js'
import { createSegmentPipeline } from './stage-segments.js'

/** Keeps what was broadcast, said and decided: notes it, seals it into the locked archive, frees the spool. */
export async function create(config: Config, overrides: Partial<Deps> = {}): Promise<Service> {
  const logger = createLogger({ name: 'archive', level: config.logLevel })
  const metrics = createMetrics('archive')
  const deps = await connect(config, { logger, ...overrides })
  const { log, database, spool, archive } = deps
  return createService({
    name: 'archive',
    logger,
    metrics,
    parts: [...connections(config, deps), ...workers(deps, metrics)],
    dependencies: {
      kafka: () => log.ping(),
      postgres: () => database.ping(),
      spool: () => spool.ping(),
      archive: () => archive.ping(),
    },
    health: { host: config.healthHost, port: config.healthPort },
  })
}

async function connect(config: Config, overrides: Partial<Deps> & Pick<Deps, 'logger'>): Promise<Deps> {
  const { logger } = overrides
  return {
    log: overrides.log ?? createKafkaEventLog({ ...kafkaOptions(config), clientId: 'streamkeeper-archive', logger }),
    database: overrides.database ?? openDatabase({ url: config.databaseUrl, poolSize: 16, logger }),
    spool: overrides.spool ?? createS3ObjectStore(s3Options(config, config.spoolBucket)),
    archive: overrides.archive ?? createS3ObjectStore(s3Options(config, config.s3Bucket)),
    profile: overrides.profile ?? (await readProfile(config.profile)),
    topicPrefix: config.topicPrefix,
    sealAfterMs: config.sealAfterMs,
    spoolKeepMs: config.spoolKeepMs,
    now: Date.now,
    ...overrides,
  }
}

async function readProfile(id: string): Promise<Profile> {
  return parseProfile(await readFile(profileUrl(id), 'utf8'), `profile ${id}`)
}

function connections(config: Config, { log, database, spool, archive, topicPrefix, logger }: Deps): Part[] {
  return [
    createConnectionPart('database', { open: () => migrate(database), close: () => database.close() }),
    createConnectionPart('spool', {
      open: () => ensureBucket(s3Options(config, config.spoolBucket), { versioning: false, objectLock: false }),
      close: () => spool.close(),
    }),
    createConnectionPart('archive', {
      open: () => checkArchive(s3Options(config, config.s3Bucket)),
      close: () => archive.close(),
    }),
    createLogPart(log, { topicPrefix, logger }),
  ]
}

function workers(deps: Deps, metrics: Metrics): Part[] {
  const { log, logger, topicPrefix } = deps
  const consumer = createSegmentConsumer(deps, metrics)
  const [segmentGroup, logGroup] = [segmentGroupOf(topicPrefix), `${topicPrefix}streamkeeper-archive`]
  const logTopics = keptTopics.map((topic) => topicName(topicPrefix, topic))
  const watch = { log, logger, metrics }
  return [
    consumer,
    createLogStagePart(deps, logGroup, logTopics),
    createLoop({ name: 'seal', everyMs: 1_000, run: (signal) => sealRound(deps, signal), logger, metrics }),
    createLoop({ name: 'extend', everyMs: 1_000, run: (signal) => extendRound(deps, signal), logger, metrics }),
    createLoop({ name: 'sweep', everyMs: 30_000, run: (signal) => sweepRound(deps, signal), logger, metrics }),
    createWatchdog({
      ...watch,
      group: segmentGroup,
      topics: [topicName(topicPrefix, 'moderation.segments')],
      stats: () => consumer.stats(),
    }),
    createWatchdog({ ...watch, group: logGroup, topics: logTopics }),
  ]
}

/** Everything that we say ourselves. */
const keptTopics = (Object.keys(topics) as Topic[]).filter((topic) => topic.startsWith('moderation.'))

function segmentGroupOf(prefix: string): string {
  return `${prefix}streamkeeper-archive-segments`
}

function createSegmentConsumer(deps: Deps, metrics: Metrics) {
  const { log, spool, topicPrefix, now, logger } = deps
  const observer = pipelineObserver(metrics, logger)
  const deadLetter = createDeadLetter({
    log,
    topicPrefix,
    source: '/streamkeeper/archive',
    now,
    spool: async (bytes, { sha256 }) => {
      const key = `rejected/${sha256}`
      await spool.put(key, bytes, { contentType: 'application/octet-stream', ifAbsent: true })
      return { key, sha256, size: bytes.length }
    },
  })
  const { run } = createSegmentPipeline(deps, { observer })
  return createConsumerPart('stage segments', () =>
    consume({
      log,
      group: segmentGroupOf(topicPrefix),
      topics: [topicName(topicPrefix, 'moderation.segments')],
      maxInFlight: 64,
      maxInFlightBytes: 32 * 1024 * 1024,
      process: run,
      deadLetter,
      observer,
    }),
  )
}
