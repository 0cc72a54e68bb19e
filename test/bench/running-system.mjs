// A running system as benches use it: found as the command line finds it, spoken to as a platform does.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { encodeEvent, topicName } from '@streamkeeper/contracts'
import { openEventLog } from '@streamkeeper/engines'
import { eventLogSettings, readConfig } from '@streamkeeper/runtime'

export const source = '/bench'

/** The system of STREAMKEEPER_DATA_DIR, or the one that `up` points to. */
export function openSystem() {
  const { env } = JSON.parse(readFileSync(join(dataFolder(), 'run.json'), 'utf8'))
  const prefix = env.STREAMKEEPER_TOPIC_PREFIX ?? ''
  const log = openEventLog(readConfig(eventLogSettings, env).config, { clientId: 'bench' })
  const send = (type, subject, data, id = `${type}-${subject}`) =>
    log.publish([encodeEvent(prefix, { type, id, source, subject, time: new Date(), data })])
  return { log, prefix, send, eventLog: env.STREAMKEEPER_EVENT_LOG }
}

function dataFolder() {
  const state = process.env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state')
  return process.env.STREAMKEEPER_DATA_DIR ?? readFileSync(join(state, 'streamkeeper', 'running'), 'utf8').trim()
}

/** Puts a stream on air. */
export async function startStream({ send }, streamId) {
  const at = new Date().toISOString()
  await send('live.account.updated', streamId, { accountId: streamId, realName: 'verified', updatedAt: at })
  await send('live.session.started', streamId, {
    streamId,
    streamer: { accountId: streamId },
    title: 'Bench',
    class: 'game',
    ingest: { address: '127.0.0.1', port: 1935 },
    startedAt: at,
  })
}

export async function endStream({ send }, streamId) {
  await send('live.session.ended', streamId, { streamId, endedAt: new Date().toISOString(), reason: 'normal' })
}

/** Reads topics from now on; `onRecord` gets each record. */
export async function follow({ log, prefix }, topics, onRecord) {
  const from = Date.now()
  const subscription = await log.subscribe({
    group: `bench-${randomUUID()}`,
    topics: topics.map((topic) => topicName(prefix, topic)),
    // Without commits: nobody will ever go on where this group was.
    onBatch: async ({ records }) => {
      for (const record of records) if (record.brokerAt >= from) onRecord(record)
    },
  })
  return () => subscription.stop()
}

/** How long one record takes from publish to a reader on this log, in milliseconds: so many times, one after the other. */
export async function measureHops(system, rounds) {
  const topic = `bench-hop-${randomUUID().slice(0, 8)}`
  const { log, prefix } = system
  const name = topicName(prefix, topic)
  await log.ensureTopics([{ name, partitions: 1, maxRecordBytes: 1_000_000, retentionMs: 600_000 }])
  let seen = () => undefined
  const stop = await follow(system, [topic], () => seen())
  const took = []
  for (let n = 0; n < rounds; n += 1) {
    const came = new Promise((done) => (seen = done))
    const from = performance.now()
    await log.publish([{ topic: name, key: 'k', value: Buffer.alloc(300, 'x') }])
    await came
    if (n > 0) took.push(performance.now() - from)
  }
  await stop()
  return took
}

export function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b)
  return Number((sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * share) / 100))] ?? 0).toFixed(1))
}
