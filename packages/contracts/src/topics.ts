/** Every topic once. Partitions are fixed for the life of a topic: a key must not change its partition. */

const mebibyte = 1024 * 1024
/** Room for keys, headers and batch framing around a value of the largest size that is allowed. */
const framing = 64 * 1024
const days = 24 * 60 * 60 * 1000

const usual = { partitions: 24, maxRecordBytes: mebibyte + framing, retentionMs: 7 * days }

export const topics = {
  'live.sessions': usual,
  'live.segments': { ...usual, maxRecordBytes: 16 * mebibyte + framing },
  'live.chat': usual,
  'live.reports': usual,
  'live.accounts': usual,
  'live.acks': usual,
  'moderation.sessions': usual,
  'moderation.segments': usual,
  'moderation.chat': usual,
  'moderation.accounts': usual,
  'moderation.acks': usual,
  'moderation.signals': usual,
  'moderation.coverage': usual,
  'moderation.verdicts': usual,
  'moderation.cases': usual,
  'moderation.decisions': usual,
  'moderation.commands': usual,
  'moderation.access': usual,
  /** Base64 of a rejected value of up to 256 KB and its coordinates. */
  'moderation.dlq': usual,
} as const

export type Topic = keyof typeof topics

export const liveTopics = [
  'live.sessions',
  'live.segments',
  'live.chat',
  'live.reports',
  'live.accounts',
  'live.acks',
] as const satisfies readonly Topic[]

/** Largest value of one record in bytes, by topic: what lies above is refused as VALUE_TOO_LARGE. */
export function maxValueBytes(topic: Topic): number {
  return topics[topic].maxRecordBytes - framing
}

/** The name in the log: prefix and topic. */
export function topicName(prefix: string, topic: Topic): string {
  return prefix + topic
}

/** The topic behind a name in the log, or null when it is none of ours. */
export function topicOf(prefix: string, name: string): Topic | null {
  const topic = name.startsWith(prefix) ? name.slice(prefix.length) : ''
  return Object.hasOwn(topics, topic) ? (topic as Topic) : null
}
