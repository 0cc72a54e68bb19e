import { encodeEvent } from '@streamkeeper/contracts'
import type { StreamRow } from '@streamkeeper/database'
import { consume, RetriableError, type LogRecord } from '@streamkeeper/pipeline'
import { MemoryEventLog, until } from '@streamkeeper/testkit'
import fc from 'fast-check'
import type { Deps } from './deps.js'
import { createIngestPipeline } from './pipeline.js'

const now = Date.now()
const streams = ['a', 'b']

interface Line {
  readonly stream: string
  readonly messageId: string
  readonly text: string
}

const lineRecord = ({ stream, messageId, text }: Line) =>
  encodeEvent('', {
    type: 'live.chat.sent',
    id: `event-${stream}-${messageId}-${text}`,
    source: '/platform',
    subject: stream,
    time: new Date(now),
    data: { streamId: stream, messageId, accountId: 'x', text, kind: 'message', sentAt: new Date(now).toISOString() },
  })

interface Run {
  readonly lines: readonly Line[]
  /** Calls of the log and of the marks that fail, by their number. */
  readonly failing: ReadonlySet<number>
}

/** What is handed on and what is refused when the lines come through the consumer, with a log that is slow and fails. */
async function run({ lines, failing }: Run) {
  const log = new MemoryEventLog()
  const spec = { partitions: 1, maxRecordBytes: 1_000_000, retentionMs: 86_400_000 }
  await log.ensureTopics(['live.chat', 'moderation.chat'].map((name) => ({ ...spec, name })))
  await log.publish(lines.map(lineRecord))
  const known = new Map<string, string>()
  const handedOn: LogRecord['value'][] = []
  const batches: number[] = []
  const refused: string[] = []
  let calls = 0
  const ask = async (turns: number): Promise<void> => {
    const isFailing = failing.has(calls)
    calls += 1
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    if (isFailing) throw new RetriableError('away')
  }
  const deps = {
    topicPrefix: '',
    now: () => now,
    keepMarksMs: 1,
    // No segment comes.
    media: { rules: { mediaRoot: null, hosts: [], buckets: [] } },
    streams: {
      find: (streamId: string) => Promise.resolve({ streamId, state: 'live' } as StreamRow),
      forget: () => undefined,
    },
    marks: {
      get: async (ids: readonly string[]) => ask(1).then(() => ids.map((id) => known.get(id) ?? null)),
      set: async (marks: readonly { id: string; value: string }[]) => {
        await ask(1)
        for (const { id, value } of marks) known.set(id, value)
      },
    },
    log: {
      publish: async (records: readonly { value: Buffer }[]) => {
        await ask(20)
        batches.push(records.length)
        handedOn.push(...records.map(({ value }) => value))
      },
    },
  } as unknown as Deps
  const timing = { now: Date.now, random: () => 0, sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) }
  const consumer = await consume({
    log,
    group: 'g',
    topics: ['live.chat'],
    maxInFlight: 64,
    maxInFlightBytes: 1_000_000,
    process: createIngestPipeline(deps, { timing }),
    deadLetter: async (_record, { code }) => void refused.push(code),
    commitEveryMs: 1,
  })
  await until(() => log.committed('g', 'live.chat', 0)?.offset === BigInt(lines.length), {
    what: 'all done',
    withinMs: 20_000,
  })
  await consumer.stop()
  const messages = handedOn.map((value) => (JSON.parse(String(value)) as { data: Line & { streamId: string } }).data)
  return { messages, refused, batches }
}

const anyLine = fc.record({
  stream: fc.constantFrom(...streams),
  messageId: fc.integer({ min: 0, max: 12 }).map((n) => `m${n}`),
  text: fc.constantFrom('one', 'two'),
})

test('lines of a stream are handed on once and in order, while the next is looked at before the last is away', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyLine, { minLength: 1, maxLength: 40 }),
      fc.array(fc.nat(120), { maxLength: 10 }),
      async (lines, failing) => {
        const { messages, refused } = await run({ lines, failing: new Set(failing) })
        for (const stream of streams) {
          const of = lines.filter((line) => line.stream === stream)
          const first = new Map<string, string>()
          for (const { messageId, text } of of) if (!first.has(messageId)) first.set(messageId, text)
          const got = messages.filter(({ streamId }) => streamId === stream)
          expect(got.map(({ messageId, text }) => [messageId, text])).toEqual([...first])
        }
        const conflicts = streams.flatMap((stream) => {
          const first = new Map<string, string>()
          return lines.filter(({ stream: of, messageId, text }) => {
            if (of !== stream) return false
            if (!first.has(messageId)) first.set(messageId, text)
            return first.get(messageId) !== text
          })
        })
        expect(refused).toEqual(conflicts.map(() => 'MESSAGE_CONFLICT'))
      },
    ),
    { numRuns: 40 },
  )
}, 120_000)

test('a crowd in one stream travels together', async () => {
  const lines = Array.from({ length: 60 }, (_, n) => ({ stream: 'a', messageId: `m${n}`, text: 'hello' }))
  const { messages, batches } = await run({ lines, failing: new Set() })
  expect(messages).toHaveLength(60)
  expect(Math.max(...batches)).toBeGreaterThan(1)
})
