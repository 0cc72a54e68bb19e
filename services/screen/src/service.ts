import { migrate, openDatabase, readSamplingFacts, type SamplingFacts } from '@streamkeeper/database'
import { createSpoolPart, openEventLog, openSpool } from '@streamkeeper/engines'
import type { ChatBehaviour, EncodedRecord } from '@streamkeeper/contracts'
import { InOrder } from '@streamkeeper/pipeline'
import { assertSandboxWorks, createSandbox } from '@streamkeeper/media'
import { finestIntervalOf } from '@streamkeeper/policy'
import { createCrowds, createEntryHits, type Crowds, type EntryHits } from '@streamkeeper/redis'
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
  type Lane,
  type LaneDeps,
  type Metrics,
  type Logger,
  type Part,
  type Service,
} from '@streamkeeper/runtime'
import type { WindowLengths } from '@streamkeeper/text'
import { createBehaviour } from './behaviour.js'
import { createChatMemory } from './chat-memory.js'
import type { Config } from './config.js'
import { source } from './decode-own.js'
import type { Deps, MediaDeps } from './deps.js'
import { screenChat } from './lanes/chat.js'
import { screenMedia } from './lanes/media.js'
import { createCoverage } from './lanes/coverage.js'
import { createUnderway } from './lanes/underway.js'
import { createFloods } from './floods.js'
import { forgetStream } from './forget-stream.js'
import { createGate } from './gate.js'
import { openLexicons } from './lexicons.js'
import { createMeasure } from './measure.js'
import { createPictureFloods } from './picture-floods.js'
import { openDecoders } from './open-decoders.js'
import { closeEyes, openEyes } from './open-eyes.js'
import { createSaidBefore } from './said-before.js'
import { createSampling } from './sampling/sampling.js'
import { createStreamFacts } from './sampling/stream-facts.js'
import { createTextTimes } from './text-times.js'

const maxInFlightBytes = 8 * 1024 * 1024

/** Samples pictures, runs models, filters text; emits signals, verdicts and coverage. */
export async function create(config: Config, overrides: Partial<MediaDeps> = {}): Promise<Service> {
  const logger = createLogger({ name: 'screen', level: config.logLevel })
  const metrics = createMetrics('screen')
  const sandbox = createSandbox(config.unsandboxed === undefined ? {} : { unsandboxed: config.unsandboxed })
  const deps = { ...(await connect(config, logger)), ...overrides }
  const eyes = overrides.eyes === undefined ? await openEyes(config, deps, logger) : overrides.eyes
  const { sampling: rules } = deps.policy
  const facts = createStreamFacts((streamIds) => readFacts(deps, streamIds), deps.now)
  const sampling = overrides.sampling ?? createSampling(rules, facts, deps.now)
  const decoders = overrides.decoders ?? openDecoders(config, sandbox, finestIntervalOf(rules))
  const gate = overrides.gate ?? createGate(rules.gate ?? null)
  const textTimes = createTextTimes(rules.textEveryMs)
  const coverage = createCoverage(deps.database)
  const memory = { decoders, sampling, gate, textTimes, eyes }
  const underway = createUnderway({
    most: config.streamSegments,
    forget: (streamId) => forgetStream(memory, streamId),
  })
  const media: MediaDeps = { ...deps, ...memory, coverage, underway }
  const [chatLane, mediaLane] = createLanes({ ...deps, metrics }, media)
  const { log, database, spool, counts } = deps
  const parts: Part[] = [
    createConnectionPart('sandbox', { open: () => assertSandboxWorks(sandbox), close: () => decoders.close() }),
    createConnectionPart('models', { open: () => Promise.resolve(), close: () => closeEyes(eyes) }),
    createConnectionPart('database', { open: () => migrate(database), close: () => database.close() }),
    createSpoolPart(config, spool),
    createLogPart(log, config, logger),
    chatLane.part,
    mediaLane.part,
    chatLane.watchdog,
    mediaLane.watchdog,
    createLoop({ name: 'measure', everyMs: 5_000, run: createMeasure(media, metrics), logger, metrics }),
    createConnectionPart('counts', {
      open: () => Promise.resolve(),
      close: async () => void (await Promise.all([counts.crowds?.close(), counts.entryHits.close()])),
    }),
    createLoop({ name: 'sampling', everyMs: 3_000, run: () => facts.refresh(), logger, metrics }),
    ...createRefreshes(media, metrics),
  ]
  const dependencies = { 'event log': () => log.ping(), postgres: () => database.ping(), spool: () => spool.ping() }
  return createService({
    name: 'screen',
    logger,
    metrics,
    parts,
    dependencies,
    health: { host: config.healthHost, port: config.healthPort },
  })
}

/** What is told to others, and taken over from files, again and again. */
function createRefreshes({ floods, pictureFloods, lexicons, eyes, logger }: MediaDeps, metrics: Metrics): Part[] {
  return [
    createLoop({ name: 'floods', everyMs: 5_000, run: () => floods.flush(), logger, metrics }),
    createLoop({ name: 'picture floods', everyMs: 5_000, run: () => pictureFloods.flush(), logger, metrics }),
    createLoop({ name: 'lexicons', everyMs: 2_000, run: () => lexicons.refresh(), logger, metrics }),
    createLoop({ name: 'picture banks', everyMs: 2_000, run: async () => eyes?.banks.refresh(), logger, metrics }),
    createLoop({ name: 'models', everyMs: 5_000, run: async () => eyes?.models.refresh(), logger, metrics }),
  ]
}

function createLanes(deps: Deps & LaneDeps, media: MediaDeps): readonly [Lane, Lane] {
  const verdicts = new InOrder<readonly EncodedRecord[]>((batch) => deps.log.publish(batch.flat()), {
    pipeline: 'screen.chat',
    step: 'hand-on',
    observer: pipelineObserver(deps.metrics, deps.logger),
  })
  const fallbacks = deps.metrics.counter(
    'streamkeeper_chat_fallbacks_total',
    'Chat messages that got the fallback of the policy',
    ['reason'],
  )
  const chat = createLane(deps, {
    name: 'screen-chat',
    topics: ['moderation.chat'],
    source,
    process: (record, context) => screenChat({ ...deps, verdicts, fallbacks }, record, context),
    maxInFlight: 256,
    maxInFlightBytes,
  })
  const pictures = createLane(deps, {
    name: 'screen-media',
    topics: ['moderation.segments'],
    source,
    process: (record, context) => screenMedia(media, record, context),
    maxInFlight: 64,
    maxInFlightBytes,
  })
  return [chat, pictures]
}

/** So far back violations of the streamer say something about the stream. */
const violationsWithinMs = 30 * 24 * 60 * 60 * 1_000

function readFacts(
  { database, now, policy }: Pick<Deps, 'database' | 'now' | 'policy'>,
  streamIds: readonly string[],
): Promise<readonly SamplingFacts[]> {
  const ago = (ms: number): Date => new Date(now() - ms)
  const { burst, overload } = policy.sampling
  // Segments that are behind are compared with hits of their own time.
  const hitsWithinMs = (burst?.forMs ?? 0) + (overload.skipFromMs ?? overload.thinnedMs)
  return readSamplingFacts(database, {
    streamIds,
    violationsSince: ago(violationsWithinMs),
    hitsSince: ago(hitsWithinMs),
  })
}

/** So long a count of other processes is waited for; the lane's deadline is a message's, not a step's. */
const countsWithinMs = 250

async function connect(config: Config, logger: Logger): Promise<Deps> {
  const log = openEventLog(config, { clientId: 'streamkeeper-screen', logger })
  const policy = await readPolicyFile(config.policyFile)
  const { behaviour: rules, flood } = policy.chat
  const { crowds, entryHits } = connectCounts(config, logger, rules)
  return {
    log,
    chatMemory: createChatMemory(log, config.topicPrefix, windowsOf(rules)),
    saidBefore: createSaidBefore(log, config.topicPrefix),
    behaviour: createBehaviour({ rules, crowds, deadlineMs: countsWithinMs }),
    floods: createFloods({
      limits: flood,
      blockFrom: policy.chat.blockFrom,
      hits: entryHits,
      deadlineMs: countsWithinMs,
      now: Date.now,
    }),
    pictureFloods: createPictureFloods({ limits: policy.pictures.flood, hits: entryHits, logger, now: Date.now }),
    counts: { crowds, entryHits },
    database: openDatabase({ url: config.databaseUrl, poolSize: 16, logger }),
    spool: openSpool(config),
    policy,
    lexicons: await openLexicons(config, logger),
    logger,
    topicPrefix: config.topicPrefix,
    now: Date.now,
  }
}

/** Counts that all processes share; the crowd's only when the policy asks for one. */
function connectCounts(
  { redisUrl: url, topicPrefix }: Config,
  logger: Logger,
  { crowd }: ChatBehaviour,
): { crowds: Crowds | null; entryHits: EntryHits } {
  const crowds =
    crowd === undefined
      ? null
      : createCrowds({
          url,
          logger,
          prefix: `${topicPrefix}streamkeeper:crowd:`,
          commandMs: countsWithinMs,
          accounts: crowd.accounts,
          withinMs: crowd.withinMs,
        })
  return { crowds, entryHits: createEntryHits({ url, logger, topicPrefix, commandMs: countsWithinMs }) }
}

/** How far back the rules look; null when there is none. */
function windowsOf({ rate, repeats, crowd }: ChatBehaviour): WindowLengths | null {
  if (rate === undefined && repeats === undefined && crowd === undefined) return null
  return { sentWithinMs: rate?.withinMs ?? 0, sameWithinMs: repeats?.withinMs ?? 0 }
}
