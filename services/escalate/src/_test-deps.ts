import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { topicName, topics, type Topic } from '@streamkeeper/contracts'
import { openScratchDatabase } from '@streamkeeper/database'
import { createBullReviewQueue } from '@streamkeeper/queue'
import { createEntryHits } from '@streamkeeper/redis'
import { createLogger, openKeyRing, readPolicyFile } from '@streamkeeper/runtime'
import { engines, MemoryEventLog, MemoryObjectStore, uniqueName } from '@streamkeeper/testkit'
import { createAlarms } from './alarms.js'
import type { Deps } from './deps.js'

export const topicPrefix = 'p.'

export interface TestDeps {
  readonly deps: Deps
  readonly log: MemoryEventLog
  readonly keysDir: string
  /** What the clock shows, in ms since 1970. */
  readonly clock: { now: number }
  close(): Promise<void>
}

/** What escalate works with, on the real database and Redis; the log is in memory and the clock stands until it is moved. */
export async function openTestDeps(): Promise<TestDeps> {
  const keysDir = await mkdtemp(join(tmpdir(), 'escalate-'))
  const opened = await openScratchDatabase(engines().postgres.url, 4)
  const logger = createLogger({ name: 'escalate', level: 'fatal' })
  const clock = { now: Date.now() }
  const now = () => clock.now
  const log = new MemoryEventLog(now)
  await log.ensureTopics(
    (Object.keys(topics) as Topic[]).map((topic) => ({
      ...topics[topic],
      partitions: 1,
      name: topicName(topicPrefix, topic),
    })),
  )
  const { database } = opened
  const queue = createBullReviewQueue({ redisUrl: engines().redis.url, prefix: uniqueName('escalate'), logger })
  const deps: Deps = {
    database,
    log,
    queue,
    logger,
    topicPrefix,
    now,
    policy: await readPolicyFile(undefined),
    keys: await openKeyRing(keysDir, 'commands'),
    store: new MemoryObjectStore(),
    entryHits: createEntryHits({ url: engines().redis.url, topicPrefix: uniqueName('escalate') }),
    alarms: createAlarms({ database, url: undefined, logger, now }),
    engines: { postgres: () => database.ping(), redis: () => queue.ping() },
    logRetentionMs: topics['moderation.segments'].retentionMs,
    wakeRelay: () => undefined,
  }
  const close = async (): Promise<void> => {
    await Promise.all([queue.close(), deps.entryHits.close(), log.close()])
    await opened.close()
    await rm(keysDir, { recursive: true })
  }
  return { deps, log, keysDir, clock, close }
}
