// The event log in PostgreSQL: records published and read a second, and from publish to handler, beside bare inserts of the same rows.
import { readFileSync } from 'node:fs'
import { createScratchDatabase, openDatabase } from '@streamkeeper/database'
import { createPostgresEventLog } from '@streamkeeper/database/event-log'

const day = 86_400_000
const [batches, perBatch, valueBytes] = [200, 100, 500]
const value = Buffer.alloc(valueBytes, 'x')
const goal = 3_000

export async function run(say) {
  const file = process.env.STREAMKEEPER_ENGINES_FILE ?? '.streamkeeper/engines.json'
  const scratch = await createScratchDatabase(JSON.parse(readFileSync(file, 'utf8')).postgres.url)
  const log = createPostgresEventLog({ url: scratch.url })
  try {
    const topic = 'bench'
    await log.ensureTopics([{ name: topic, partitions: 24, maxRecordBytes: 1_000_000, retentionMs: 7 * day }])
    const reader = await startReader(log, topic)
    const throughput = await measureThroughput(log, topic, reader)
    say(`${Math.round(throughput)} records/s published and read`)
    const latencies = await measureLatency(log, topic, reader)
    say(`publish to handler: p50 ${latencies.p50.toFixed(1)} ms, p99 ${latencies.p99.toFixed(1)} ms`)
    const bare = await measureBare(scratch.url)
    say(`${Math.round(bare)} bare inserts/s`)
    const figure = Math.round(throughput)
    return {
      figure,
      unit: 'records/s published and read',
      reference: { name: 'bare multi-row inserts, not read', figure: Math.round(bare) },
      ratio: Number((figure / bare).toFixed(2)),
      goal,
      ok: figure >= goal && latencies.p50 <= 10,
      latencyMs: { p50: Number(latencies.p50.toFixed(1)), p99: Number(latencies.p99.toFixed(1)), goalP50: 10 },
    }
  } finally {
    await log.close()
    await scratch.drop()
  }
}

async function startReader(log, topic) {
  const reader = { count: 0, onRecord: () => undefined }
  await log.subscribe({
    group: 'bench',
    topics: [topic],
    onBatch: async ({ assignment, records }) => {
      reader.count += records.length
      for (const record of records) reader.onRecord(record)
      await assignment.commit(records.at(-1).offset)
    },
  })
  return reader
}

async function measureThroughput(log, topic, reader) {
  const from = performance.now()
  const send = async (lane) => {
    for (let n = lane; n < batches; n += 4)
      await log.publish(Array.from({ length: perBatch }, (_, m) => ({ topic, key: `stream-${(n + m) % 50}`, value })))
  }
  await Promise.all([0, 1, 2, 3].map(send))
  while (reader.count < batches * perBatch) await new Promise((resolve) => setTimeout(resolve, 5))
  return (batches * perBatch) / ((performance.now() - from) / 1000)
}

async function measureLatency(log, topic, reader) {
  const took = []
  for (let n = 0; n < 300; n += 1) {
    const from = performance.now()
    const seen = new Promise((resolve) => (reader.onRecord = resolve))
    await log.publish([{ topic, key: `one-${n}`, value }])
    await seen
    took.push(performance.now() - from)
  }
  took.sort((a, b) => a - b)
  return { p50: took[150], p99: took[297] }
}

async function measureBare(url) {
  const database = openDatabase({ url, poolSize: 4 })
  const { pool } = database
  await pool.query('create table bare (key text, value bytea, headers json, at timestamptz)')
  const from = performance.now()
  const send = async (lane) => {
    for (let n = lane; n < batches; n += 4)
      await pool.query(
        `insert into bare select k, v, '{}', clock_timestamp() from unnest($1::text[], $2::bytea[]) t(k, v)`,
        [Array.from({ length: perBatch }, (_, m) => `stream-${m}`), Array.from({ length: perBatch }, () => value)],
      )
  }
  await Promise.all([0, 1, 2, 3].map(send))
  const figure = (batches * perBatch) / ((performance.now() - from) / 1000)
  await database.close()
  return figure
}
