import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { until } from '@streamkeeper/testkit'
import { checkRun } from '../checker/check-run.js'
import { readSinks } from '../harness/read-sinks.js'
import { startSystem, type System } from '../harness/start-system.js'

/** Around the spool write, the publish and the de-duplication mark. */
const points = [
  'ingest.before-spool',
  'ingest.after-spool',
  'ingest.after-publish',
  'ingest.before-mark',
  'ingest.after-mark',
]
const [segments, messages] = [6, 20]

let system: System
let soundState: unknown

beforeAll(async () => {
  system = await startSystem({ services: ['ingest'] })
  const { events, producer } = system
  await producer.send(events.account('streamer'))
  await broadcast('stream-sound')
  await arrived('stream-sound')
  soundState = await stateOf('stream-sound')
}, 90_000)

afterAll(async () => system.stop(), 60_000)

/** The same broadcast under another name: everything that is compared is the same but for that name. */
async function broadcast(stream: string): Promise<void> {
  const { events, producer } = system
  await producer.send(events.started(stream, 'streamer'))
  await producer.send(
    ...Array.from({ length: segments }, (_, n) => events.segment(stream, n, Buffer.alloc(10_000, `${stream} ${n}`))),
    ...Array.from({ length: messages }, (_, n) => events.chat(stream, `m${n}`, `message ${n}`)),
  )
}

async function arrived(stream: string): Promise<void> {
  const count = (topic: string): number =>
    new Set(
      system.recorder
        .all()
        .filter((record) => record.topic === topic && record.subject === stream)
        .map((record) => record.id),
    ).size
  const there = (): boolean => count('moderation.segments') >= segments && count('moderation.chat') >= messages
  await until(there, { what: `all of ${stream}`, withinMs: 60_000, everyMs: 20 })
}

/** What a stream left behind, without names, digests and times: the rows, and each canonical record once. */
async function stateOf(stream: string): Promise<unknown> {
  const { database, recorder } = system
  await recorder.caughtUp()
  const marked = async () => {
    const { rows } = await database.pool.query(
      'select sequence::int, size, stream_time_ms::int, duration_ms, media_type from stream_segments where stream_id = $1 order by 1',
      [stream],
    )
    return rows.length === segments && rows
  }
  const rows = await until(marked, { what: `rows of ${stream}`, withinMs: 30_000 })
  const { rows: streams } = await database.pool.query(
    'select state, length_ms::int, next_sequence::int, last_sequence::int, window_open, account_id from streams where stream_id = $1',
    [stream],
  )
  const records = recorder
    .all()
    .filter((record) => record.subject === stream)
    .map(({ topic, type, data }) => [topic, type, data['sequence'] ?? data['messageId'] ?? data['kind'], data['text']])
    .map((fields) => JSON.stringify(fields).replaceAll(stream, 'stream'))
  return { rows, streams, records: [...new Set(records)].toSorted() }
}

test.each(points)(
  'a crash at %s leads to the same state',
  async (point) => {
    await system.explain(async () => {
      const once = join(system.mediaRoot, `${point}.once`)
      const ingest = system.services.get('ingest')
      if (ingest === undefined) throw new Error('ingest does not run')
      await ingest.restartWith({ STREAMKEEPER_CRASH_AT: point, STREAMKEEPER_CRASH_ONCE: once })
      await system.ready()
      const stream = `stream-${point}`
      const from = performance.now()
      await broadcast(stream)
      await until(() => existsSync(once), { what: `the crash at ${point}`, withinMs: 30_000 })
      await arrived(stream)
      process.stderr.write(`${point}: all there after ${Math.round(performance.now() - from)} ms\n`)
      expect(await stateOf(stream)).toEqual(soundState)
    })
  },
  120_000,
)

test('the checker finds nothing lost, nothing from nowhere and no effect twice in all of it', async () => {
  await system.explain(async () => {
    const sinks = await readSinks(system)
    const { findings, counts } = checkRun({ acknowledged: system.producer.sent, sinks, faults: [] })
    process.stderr.write(`crash points: ${JSON.stringify(counts)}\n`)
    expect(findings).toEqual([])
    expect(counts.accepted).toBe(system.producer.sent.length)
  })
}, 90_000)
