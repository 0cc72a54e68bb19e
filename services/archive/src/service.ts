import { readFile } from 'node:fs/promises'
import { topicName, topics, type Topic } from '@streamkeeper/contracts'
import { migrate, openDatabase } from '@streamkeeper/database'
import { createArchivePart, createSpoolPart, openArchive, openEventLog, openSpool } from '@streamkeeper/engines'
import { parseProfile, profileUrl, type Profile } from '@streamkeeper/policy'
import {
  createConnectionPart,
  createLane,
  createLogger,
  createLogPart,
  createLoop,
  createMetrics,
  createService,
  createWatchdog,
  groupName,
  pipelineObserver,
  type Lane,
  type Metrics,
  type Part,
  type Service,
} from '@streamkeeper/runtime'
import { ceilingRound } from './ceiling-round.js'
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
      'event log': () => log.ping(),
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
    log: overrides.log ?? openEventLog(config, { clientId: 'streamkeeper-archive', logger }),
    database: overrides.database ?? openDatabase({ url: config.databaseUrl, poolSize: 16, logger }),
    spool: overrides.spool ?? openSpool(config),
    archive: overrides.archive ?? openArchive(config),
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

function connections(config: Config, { log, database, spool, archive, logger }: Deps): Part[] {
  return [
    createConnectionPart('database', { open: () => migrate(database), close: () => database.close() }),
    createSpoolPart(config, spool),
    createArchivePart(config, archive, logger),
    createLogPart(log, config, logger),
  ]
}

function workers(deps: Deps, metrics: Metrics): Part[] {
  const { log, logger, topicPrefix } = deps
  const segments = createSegmentLane(deps, metrics)
  const logGroup = groupName(topicPrefix, 'archive')
  const logTopics = keptTopics.map((topic) => topicName(topicPrefix, topic))
  return [
    segments.part,
    createLogStagePart(deps, logGroup, logTopics),
    createLoop({ name: 'seal', everyMs: 1_000, run: (signal) => sealRound(deps, signal), logger, metrics }),
    createLoop({ name: 'extend', everyMs: 1_000, run: (signal) => extendRound(deps, signal), logger, metrics }),
    createLoop({ name: 'sweep', everyMs: 30_000, run: (signal) => sweepRound(deps, signal), logger, metrics }),
    createLoop({ name: 'ceilings', everyMs: 3_600_000, run: (signal) => ceilingRound(deps, signal), logger, metrics }),
    segments.watchdog,
    createWatchdog({ log, logger, metrics, group: logGroup, topics: logTopics }),
  ]
}

/** Everything that we say ourselves. */
const keptTopics = (Object.keys(topics) as Topic[]).filter((topic) => topic.startsWith('moderation.'))

function createSegmentLane(deps: Deps, metrics: Metrics): Lane {
  const observer = pipelineObserver(metrics, deps.logger)
  return createLane(
    { ...deps, metrics },
    {
      name: 'archive-segments',
      topics: ['moderation.segments'],
      source: '/streamkeeper/archive',
      spool: deps.spool,
      process: createSegmentPipeline(deps, { observer }).run,
      maxInFlight: 64,
      maxInFlightBytes: 32 * 1024 * 1024,
    },
  )
}
