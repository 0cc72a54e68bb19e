import { topicName, topics, type Topic } from '@streamkeeper/contracts'
import {
  countDecoderFailures,
  lastStagedAt,
  listSigningKeys,
  listUnscreened,
  noteSigningKey,
  type NewAlarm,
} from '@streamkeeper/database'
import { groupName, withDeadline } from '@streamkeeper/runtime'
import type { Deps } from '../deps.js'

const answerWithinMs = 4_000
/** So many alarms of a kind are enough to call somebody. */
const mostStreams = 50
const keptTopics = (Object.keys(topics) as Topic[]).filter((topic) => topic.startsWith('moderation.'))

/** Asks again and again whether what must be so is so, and calls the leads when it is not. */
export function createHealthWatch(deps: Deps): () => Promise<void> {
  const findAway = createAwayWatch(deps)
  const findBehind = createLagWatch(deps)
  return async () => {
    const away = await findAway()
    await Promise.all(away.map((alarm) => deps.alarms.raise(alarm)))
    // Without the database nothing more can be known; the alarm above was told without it.
    if (away.some(({ subject }) => subject === 'postgres')) return
    await deps.alarms.settle('engine-away', away)
    await deps.alarms.settle('stream-unscreened', await findUnscreened(deps))
    await deps.alarms.settle('decoder-failures', await findDecoderFailures(deps))
    await deps.alarms.settle('key-lost', await findLostKeys(deps))
    if (!away.some(({ subject }) => subject === 'redis')) {
      await deps.alarms.settle('entry-flood', await findFloods(deps))
      await deps.alarms.settle('picture-flood', await findPictureFloods(deps))
    }
    if (!away.some(({ subject }) => subject === 'event log'))
      await deps.alarms.settle('archive-lag', await findBehind())
  }
}

function createAwayWatch({ engines, policy, now }: Deps): () => Promise<NewAlarm[]> {
  const since = new Map<string, number>()
  return async () => {
    const alarms = await Promise.all(
      Object.entries(engines).map(async ([name, ping]) => {
        if (await doesAnswer(ping)) since.delete(name)
        else if (!since.has(name)) since.set(name, now())
        const from = since.get(name)
        if (from === undefined || now() - from < policy.alarms.engineAwayMs) return []
        return [alarmOf('engine-away', name, `${name} has not answered since ${new Date(from).toISOString()}`)]
      }),
    )
    return alarms.flat()
  }
}

function doesAnswer(ping: () => Promise<void>): Promise<boolean> {
  return withDeadline(ping(), answerWithinMs, () => new Error('no answer')).then(
    () => true,
    () => false,
  )
}

async function findUnscreened({ database, policy, now }: Deps): Promise<NewAlarm[]> {
  const { unscreenedMs } = policy.alarms
  const streams = await listUnscreened(database, new Date(now() - unscreenedMs), mostStreams)
  return streams.map(({ streamId, hasMedia }) => ({
    ...alarmOf(
      'stream-unscreened',
      streamId,
      `nothing of this live stream was looked at for ${unscreenedMs / 1000} s: ${hasMedia ? 'its media is taken in' : 'none of its media is taken in'}`,
    ),
    streamId,
  }))
}

async function findDecoderFailures({ database, policy, now }: Deps): Promise<NewAlarm[]> {
  const { windowMs, atLeast, share } = policy.alarms.decoderFailures
  const { failed, stretches } = await countDecoderFailures(database, new Date(now() - windowMs))
  if (failed < atLeast || failed < share * stretches) return []
  const message = `${failed} of ${stretches} stretches of the last ${windowMs / 1000} s could not be decoded`
  return [alarmOf('decoder-failures', 'decoder', message)]
}

async function findFloods({ entryHits, policy, now }: Deps): Promise<NewAlarm[]> {
  const { share, windowMs } = policy.chat.flood
  const entries = await entryHits.held(now())
  return entries.map((entry) =>
    alarmOf(
      'entry-flood',
      entry,
      `${entry} hits more than ${share * 100} % of the messages of ${windowMs / 1000} s: it is held back`,
    ),
  )
}

async function findPictureFloods({ entryHits, policy, now }: Deps): Promise<NewAlarm[]> {
  const { share, windowMs, sampleOf } = policy.pictures.flood
  const hits = `hits more than ${share * 100} % of the streams looked at in ${windowMs / 1000} s`
  const sources = await entryHits.held(now(), 'pictures')
  return sources.map((source) =>
    alarmOf(
      'picture-flood',
      source,
      `${source} ${hits}: no machine acts on it, and one stream in ${sampleOf} is put before people`,
    ),
  )
}

/** A key whose file is gone: commands that it signed can no longer be verified by who asks for the keys. */
async function findLostKeys({ database, keys, now }: Deps): Promise<NewAlarm[]> {
  const kept = new Set(await keys.refresh())
  await noteSigningKey(database, keys.current().keyId, new Date(now()))
  const lost = (await listSigningKeys(database)).filter((keyId) => !kept.has(keyId))
  return lost.map((keyId) =>
    alarmOf('key-lost', keyId, `the file of signing key ${keyId} is gone: restore it, or say \`keys retire\``),
  )
}

/**
 * Partitions that the archive is behind on by too much. What stands still for a minute counts from the last record that was
 * staged: a topic that was quiet for days and just got a record is not late.
 */
function createLagWatch({ database, log, policy, topicPrefix, logRetentionMs, now }: Deps): () => Promise<NewAlarm[]> {
  const [standsStillMs, lookEveryMs] = [60_000, 30_000]
  let lookedAt = now()
  let last: NewAlarm[] = []
  const group = groupName(topicPrefix, 'archive')
  const names = keptTopics.map((topic) => topicName(topicPrefix, topic))
  const standing = new Map<string, { readonly committed: bigint; readonly since: number }>()
  const limitMs = policy.alarms.archiveLagShare * logRetentionMs

  async function isLate(topic: string, partition: number, committed: bigint): Promise<boolean> {
    const id = `${topic}/${partition}`
    const before = standing.get(id)
    const mark = before?.committed === committed ? before : { committed, since: now() }
    standing.set(id, mark)
    if (now() - mark.since < Math.min(standsStillMs, limitMs)) return false
    const staged = await lastStagedAt(database, { topic, partition })
    return now() - Math.min(mark.since, staged?.getTime() ?? mark.since) >= limitMs
  }

  return async () => {
    // A lag of hours needs no look every few seconds, least of all while everything is starting.
    if (now() - lookedAt < lookEveryMs) return last
    lookedAt = now()
    const late = new Map<string, number[]>()
    for (const { topic, partition, end, committed } of await log.lag(group, names)) {
      if (end <= committed) standing.delete(`${topic}/${partition}`)
      else if (await isLate(topic, partition, committed)) late.set(topic, [...(late.get(topic) ?? []), partition])
    }
    last = [...late].map(([topic, partitions]) => {
      const message = `the archive is behind by ${limitMs / 1000} s or more on partitions ${partitions.join(', ')}`
      return alarmOf('archive-lag', topic, message)
    })
    return last
  }
}

function alarmOf(kind: NewAlarm['kind'], subject: string, message: string): NewAlarm {
  return { kind, subject, message, streamId: null, caseId: null }
}
