import { topics } from '@streamkeeper/contracts'
import { migrate, openDatabase } from '@streamkeeper/database'
import { openEventLog, openSpool } from '@streamkeeper/engines'
import { createPipeline, type LogRecord, type Step } from '@streamkeeper/pipeline'
import { createBullReviewQueue } from '@streamkeeper/queue'
import { createEntryHits } from '@streamkeeper/redis'
import {
  createConnectionPart,
  createLane,
  createLogger,
  createLogPart,
  createLoop,
  createMetrics,
  createService,
  keysDirectory,
  openKeyRing,
  pipelineObserver,
  readPolicyFile,
  type Lane,
  type LaneDeps,
  type LaneOptions,
  type Logger,
  type Part,
  type Service,
} from '@streamkeeper/runtime'
import { createAlarms } from './alarms.js'
import type { Config } from './config.js'
import type { Deps } from './deps.js'
import { createMeasure } from './loops/measure.js'
import { createNap } from './loops/nap.js'
import { relayOnce, source } from './loops/relay.js'
import { timeOutMessages } from './loops/settle-held.js'
import { tendCases } from './loops/tend-cases.js'
import { createHealthWatch } from './loops/watch-health.js'
import { createDecodeStep, type Decoded } from './steps/decode.js'
import { createTakeSignalStep } from './steps/take-signal.js'
import { createTakeVerdictStep } from './steps/take-verdict.js'
import { createWatchStreamStep } from './steps/watch-stream.js'

/** How often the relay looks when nobody wakes it: decisions of the console come without a call. */
const relayEveryMs = 100

/** Applies policy: signals and history become cases, commands and review jobs. */
export async function create(config: Config, overrides: Partial<Deps> = {}): Promise<Service> {
  const logger = createLogger({ name: 'escalate', level: config.logLevel })
  const metrics = createMetrics('escalate')
  const nap = createNap(relayEveryMs)
  const deps = { ...(await connect(config, logger)), wakeRelay: () => nap.wake(), ...overrides }
  const { log, database, queue } = deps
  const laneDeps = { ...deps, metrics }
  const signals = createStepLane(laneDeps, 'escalate', { topics: ['moderation.signals'] }, createTakeSignalStep(deps))
  const watched = { topics: ['moderation.segments', 'moderation.acks'] } as const
  const watch = createStepLane(laneDeps, 'escalate-watch', watched, createWatchStreamStep(deps))
  // Nearly all verdicts are nothing to it: it takes them by the hundred, and a held message shows so much later.
  const judged = { topics: ['moderation.verdicts'], gatherMs: 100 } as const
  const held = createStepLane(laneDeps, 'escalate-held', judged, createTakeVerdictStep(deps))
  const parts: Part[] = [
    createConnectionPart('database', { open: () => migrate(database), close: () => database.close() }),
    createConnectionPart('queue', { open: () => queue.ping(), close: () => queue.close() }),
    createConnectionPart('entry hits', { open: () => Promise.resolve(), close: () => deps.entryHits.close() }),
    createConnectionPart('spool', { open: () => Promise.resolve(), close: () => deps.store.close() }),
    createLogPart(log, config, logger),
    createLoop({
      name: 'relay',
      everyMs: 0,
      run: (signal) => relayOnce(deps).then(() => nap.sleep(signal)),
      logger,
      metrics,
    }),
    createLoop({ name: 'watch health', everyMs: 5_000, run: createHealthWatch(deps), logger, metrics }),
    createLoop({ name: 'measure', everyMs: 5_000, run: createMeasure(deps, metrics), logger, metrics }),
    createLoop({ name: 'tend cases', everyMs: 1_000, run: () => tendCases(deps, watch.group), logger, metrics }),
    createLoop({ name: 'held messages', everyMs: 1_000, run: () => timeOutMessages(deps), logger, metrics }),
    signals.part,
    watch.part,
    held.part,
    signals.watchdog,
    watch.watchdog,
    held.watchdog,
  ]
  const dependencies = { 'event log': () => log.ping(), postgres: () => database.ping(), redis: () => queue.ping() }
  return createService({
    name: 'escalate',
    logger,
    metrics,
    parts,
    dependencies,
    health: { host: config.healthHost, port: config.healthPort },
  })
}

async function connect(config: Config, logger: Logger): Promise<Omit<Deps, 'wakeRelay'>> {
  const log = openEventLog(config, { clientId: 'streamkeeper-escalate', logger })
  const database = openDatabase({ url: config.databaseUrl, poolSize: 16, logger })
  const prefix = `${config.topicPrefix}streamkeeper`
  const queue = createBullReviewQueue({ redisUrl: config.redisUrl, prefix, logger })
  const store = openSpool(config)
  return {
    log,
    database,
    queue,
    store,
    policy: await readPolicyFile(config.policyFile),
    keys: await openKeyRing(keysDirectory(config), 'commands'),
    logger,
    topicPrefix: config.topicPrefix,
    entryHits: createEntryHits({ url: config.redisUrl, topicPrefix: config.topicPrefix, logger }),
    alarms: createAlarms({ database, url: config.alarmUrl, logger, now: Date.now }),
    engines: {
      'event log': () => log.ping(),
      postgres: () => database.ping(),
      redis: () => queue.ping(),
      spool: () => store.ping(),
    },
    logRetentionMs: config.logRetentionMs ?? topics['moderation.segments'].retentionMs,
    now: Date.now,
  }
}

function createStepLane(
  deps: LaneDeps,
  name: string,
  reads: Pick<LaneOptions, 'topics' | 'gatherMs'>,
  step: Step<Decoded, void>,
): Lane {
  const { topicPrefix, metrics, logger } = deps
  const observer = pipelineObserver(metrics, logger)
  const pipeline = createPipeline<LogRecord>(name, { observer }).step(createDecodeStep(topicPrefix)).step(step)
  return createLane(deps, {
    ...reads,
    name,
    source,
    process: (record, context) => pipeline.run(record, context),
    maxInFlight: 64,
    maxInFlightBytes: 8 * 1024 * 1024,
  })
}
