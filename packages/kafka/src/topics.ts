import { RetriableError, type TopicDifference, type TopicSpec } from '@streamkeeper/pipeline'
import kafkajs, { type Admin } from 'kafkajs'

import { fetchBounds } from './fetch-bounds.js'

// A CommonJS module: Node gives its values by the default export alone.
const { ConfigResourceTypes } = kafkajs

/** A broker that has just begun, on a machine that is busy, takes its time to lead some hundred new partitions. */
const servedWithinMs = 90_000
const lookEveryMs = 300

/** Makes the topics that are missing, in one request, and gives the names of all that did not exist. */
export async function makeTopics(admin: Admin, specs: readonly TopicSpec[]): Promise<ReadonlySet<string>> {
  const known = new Set(await admin.listTopics())
  const missing = specs.filter((spec) => !known.has(spec.name))
  if (missing.length === 0) return new Set()
  await admin.createTopics({
    // Another service may make them at the same moment: that is no failure.
    // It gives up when a broker does not know the new topic yet: we wait below.
    waitForLeaders: false,
    timeout: 30_000,
    topics: missing.map((spec) => ({
      topic: spec.name,
      numPartitions: spec.partitions,
      configEntries: Object.entries(configOf(spec)).map(([name, value]) => ({ name, value })),
    })),
  })
  const names = missing.map((spec) => spec.name)
  await waitUntilServed(admin, names)
  return new Set(names)
}

/**
 * Waits until every partition answers. Metadata names a leader before that leader knows of it, and a publish that one
 * partition refuses is repeated for all of them: every record of the others would stand in the log twice.
 */
async function waitUntilServed(admin: Admin, names: readonly string[]): Promise<void> {
  for (const deadline = Date.now() + servedWithinMs; ;) {
    const failure = await Promise.all(names.map((name) => fetchBounds(admin, name))).then(
      () => null,
      (error: unknown) => ({ error }),
    )
    if (failure === null) return
    if (Date.now() > deadline) throw new RetriableError('topics: not served in time', { cause: failure.error })
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
  }
}

/** What differs in existing topics from how we would have made them. */
export async function checkTopics(admin: Admin, specs: readonly TopicSpec[]): Promise<TopicDifference[]> {
  if (specs.length === 0) return []
  const names = specs.map((spec) => spec.name)
  const { topics } = await admin.fetchTopicMetadata({ topics: names })
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: ConfigResourceTypes.TOPIC, name, configNames: Object.keys(settings) })),
  })
  return specs.flatMap((spec) => {
    const found: Record<string, string> = Object.fromEntries(
      (resources.find((one) => one.resourceName === spec.name)?.configEntries ?? []).map((entry) => [
        entry.configName,
        entry.configValue,
      ]),
    )
    const partitions = String(topics.find((one) => one.name === spec.name)?.partitions.length ?? 0)
    const wanted = configOf(spec)
    const differences = Object.entries(settings).map(([name, setting]) => ({
      topic: spec.name,
      setting,
      expected: wanted[name] ?? '',
      found: found[name] ?? '',
    }))
    return [
      { topic: spec.name, setting: 'partitions' as const, expected: String(spec.partitions), found: partitions },
      ...differences,
    ].filter((one) => one.expected !== one.found)
  })
}

/** Kafka's names of what we set, and ours. */
const settings: Readonly<Record<string, TopicDifference['setting']>> = {
  'max.message.bytes': 'maxRecordBytes',
  'retention.ms': 'retentionMs',
  'message.timestamp.type': 'brokerTime',
}

function configOf({ maxRecordBytes, retentionMs }: TopicSpec): Record<string, string> {
  return {
    'max.message.bytes': String(maxRecordBytes),
    'retention.ms': String(retentionMs),
    // The broker's clock, never a producer's: the dark check and retention run on it.
    'message.timestamp.type': 'LogAppendTime',
  }
}
