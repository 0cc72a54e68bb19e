import { topicName, type Topic } from '@streamkeeper/contracts'
import { migrate, openDatabase } from '@streamkeeper/database'
import { createClassifier, modelDir, ModelRefusedError, type Classifier } from '@streamkeeper/inference'
import { createKafkaEventLog } from '@streamkeeper/kafka'
import { assertSandboxWorks, createDecoderPool, createSandbox } from '@streamkeeper/media'
import { consume, createDeadLetter, type ConsumeOptions } from '@streamkeeper/pipeline'
import {
  createConnectionPart,
  createConsumerPart,
  createLogger,
  createLogPart,
  createMetrics,
  createService,
  createWatchdog,
  kafkaOptions,
  pipelineObserver,
  readPolicyFile,
  s3Options,
  type ConsumerPart,
  type Logger,
  type Part,
  type Service,
} from '@streamkeeper/runtime'
import { createS3ObjectStore, ensureBucket } from '@streamkeeper/storage'
import type { Config } from './config.js'
import { source } from './decode-own.js'
import type { Deps, MediaDeps } from './deps.js'
import { screenChat } from './lanes/chat.js'
import { screenMedia } from './lanes/media.js'
import { loadLexicons } from './lexicon-set.js'

/** Samples pictures, runs models, filters text; emits signals, verdicts and coverage. */
export async function create(config: Config, overrides: Partial<MediaDeps> = {}): Promise<Service> {
  const logger = createLogger({ name: 'screen', level: config.logLevel })
  const metrics = createMetrics('screen')
  const sandbox = createSandbox(config.unsandboxed === undefined ? {} : { unsandboxed: config.unsandboxed })
  const deps = { ...(await connect(config, logger)), ...overrides }
  const classifiers =
    overrides.classifiers === undefined ? await loadClassifiers(config, logger) : overrides.classifiers
  const decoders =
    overrides.decoders ??
    createDecoderPool({ sandbox, maxProcesses: config.decoders, intervalMs: deps.policy.sampling.intervalMs })
  const media: MediaDeps = { ...deps, decoders, classifiers }
  const [chatLane, mediaLane] = createLanes(deps, media, pipelineObserver(metrics, logger))
  const { log, database, spool, topicPrefix } = deps
  const parts: Part[] = [
    createConnectionPart('sandbox', { open: () => assertSandboxWorks(sandbox), close: () => decoders.close() }),
    createConnectionPart('models', {
      open: () => Promise.resolve(),
      close: async () => void (await Promise.all((classifiers ?? []).map((one) => one.close()))),
    }),
    createConnectionPart('database', { open: () => migrate(database), close: () => database.close() }),
    createConnectionPart('spool', {
      open: () => ensureBucket(s3Options(config, config.spoolBucket), { versioning: false, objectLock: false }),
      close: () => spool.close(),
    }),
    createLogPart(log, { topicPrefix, logger }),
    chatLane.part,
    mediaLane.part,
    ...[chatLane, mediaLane].map(({ group, topics, part }) =>
      createWatchdog({ log, group, topics, logger, metrics, stats: () => part.stats() }),
    ),
  ]
  const dependencies = { kafka: () => log.ping(), postgres: () => database.ping(), spool: () => spool.ping() }
  return createService({
    name: 'screen',
    logger,
    metrics,
    parts,
    dependencies,
    health: { host: config.healthHost, port: config.healthPort },
  })
}

function createLanes(deps: Deps, media: MediaDeps, observer: LaneOptions['observer']): readonly [Lane, Lane] {
  const chat = createLane(deps, {
    name: 'screen-chat',
    topic: 'moderation.chat',
    maxInFlight: 256,
    observer,
    process: (record) => screenChat(deps, record),
  })
  const pictures = createLane(deps, {
    name: 'screen-media',
    topic: 'moderation.segments',
    maxInFlight: 64,
    observer,
    process: (record, context) => screenMedia(media, record, context),
  })
  return [chat, pictures]
}

async function connect(config: Config, logger: Logger): Promise<Deps> {
  return {
    log: createKafkaEventLog({ ...kafkaOptions(config), clientId: 'streamkeeper-screen', logger }),
    database: openDatabase({ url: config.databaseUrl, poolSize: 16, logger }),
    spool: createS3ObjectStore(s3Options(config, config.spoolBucket)),
    policy: await readPolicyFile(config.policyFile),
    lexicons: await loadLexicons(config.lexicons, logger),
    logger,
    topicPrefix: config.topicPrefix,
    now: Date.now,
  }
}

/** A model that is refused stops nothing but the looking: stretches are then "not looked at", never clean. */
async function loadClassifiers({ inferenceProcesses }: Config, logger: Logger): Promise<readonly Classifier[] | null> {
  try {
    return [await createClassifier({ manifestDir: modelDir('nsfw'), processes: inferenceProcesses })]
  } catch (err) {
    if (!(err instanceof ModelRefusedError)) throw err
    logger.error({ err }, 'a model is refused: pictures are not looked at')
    return null
  }
}

interface LaneOptions {
  readonly name: string
  readonly topic: Topic
  readonly maxInFlight: number
  readonly observer: ReturnType<typeof pipelineObserver>
  readonly process: ConsumeOptions['process']
}

interface Lane {
  readonly group: string
  readonly topics: readonly string[]
  readonly part: ConsumerPart
}

function createLane(
  { log, topicPrefix, now }: Deps,
  { name, topic, maxInFlight, observer, process }: LaneOptions,
): Lane {
  const topics = [topicName(topicPrefix, topic)]
  const group = `${topicPrefix}streamkeeper-${name}`
  const deadLetter = createDeadLetter({
    log,
    topicPrefix,
    source,
    now,
    spool: () => Promise.reject(new Error('a record of ours is never that large')),
  })
  const begin = () =>
    consume({ log, group, topics, maxInFlight, maxInFlightBytes: 8 * 1024 * 1024, process, deadLetter, observer })
  return { group, topics, part: createConsumerPart(name, begin) }
}
