import { createHash } from 'node:crypto'
import { encodeEvent } from '@streamkeeper/contracts'
import { buildDeadLetter, type LogRecord } from '@streamkeeper/pipeline'
import { MemoryEventLog, MemoryObjectStore } from '@streamkeeper/testkit'
import { readDeadLetters } from './read-dead-letters.js'
import { bytesOf, restoreRecord } from './replay.js'

const log = new MemoryEventLog()
const spool = new MemoryObjectStore()
const spec = { partitions: 3, maxRecordBytes: 2 ** 24, retentionMs: 60_000 }
let offset = 0n

interface About {
  readonly code?: string
  readonly firstSeenAt?: Date
  readonly times?: number
}

/** Lets a record be rejected as a lane does, so many times. */
async function reject(record: Partial<LogRecord>, { code = 'STREAM_UNKNOWN', firstSeenAt, times = 1 }: About = {}) {
  const whole = {
    topic: 'p.live.chat',
    partition: 1,
    offset,
    key: 's',
    value: Buffer.from('{}'),
    headers: {},
    brokerAt: 0,
  }
  offset += 1n
  const rejection = { code, message: 'why', stage: 'admit', attempts: 1, firstSeenAt: firstSeenAt ?? new Date() }
  const event = await buildDeadLetter({ ...whole, ...record }, rejection as Parameters<typeof buildDeadLetter>[1], {
    source: '/test',
    now: Date.now,
    spool: async (bytes, { sha256 }) => {
      await spool.put(`rejected/${sha256}`, bytes, { contentType: 'application/octet-stream' })
      return { key: `rejected/${sha256}`, sha256, size: bytes.length }
    },
  })
  for (let n = 0; n < times; n += 1) await log.publish([encodeEvent('p.', event)])
  return event.id
}

const read = (filter = {}) => readDeadLetters(log, 'p.', filter)

beforeAll(() => log.ensureTopics([{ ...spec, name: 'p.moderation.dlq' }]))

it('finds each dead letter once, oldest first, by code, topic, time and id', async () => {
  const late = await reject({ key: 'b' }, { firstSeenAt: new Date('2026-01-02T00:00:00Z'), times: 2 })
  const early = await reject({ key: 'a' }, { firstSeenAt: new Date('2026-01-01T00:00:00Z'), code: 'INVALID_JSON' })
  const other = await reject({ topic: 'p.live.acks' }, { firstSeenAt: new Date('2026-01-03T00:00:00Z') })
  const idsOf = async (filter = {}) => (await read(filter)).map(({ id }) => id)
  expect(await idsOf()).toEqual([early, late, other])
  expect(await idsOf({ code: 'INVALID_JSON' })).toEqual([early])
  expect(await idsOf({ topic: 'p.live.acks' })).toEqual([other])
  expect(await idsOf({ since: new Date('2026-01-02T00:00:00Z') })).toEqual([late, other])
  expect(await idsOf({ ids: [late, 'p.live.chat:0:99'] })).toEqual([late])
})

it('more letters than a page are all found', async () => {
  const ids = await Promise.all(
    Array.from({ length: 1_200 }, (_, n) => reject({ key: `k${n}` }, { code: 'TEXT_TOO_LONG' })),
  )
  expect((await read({ code: 'TEXT_TOO_LONG' })).map(({ id }) => id).sort()).toEqual(ids.sort())
})

it.each([
  ['small', Buffer.from('not json \xff', 'latin1')],
  ['large, in the spool', Buffer.alloc(300 * 1024, 7)],
])('a %s record comes back byte for byte, with its key and headers and where it came from', async (_, value) => {
  const id = await reject({ key: 'stream', value, headers: { 'content-type': 'x/y' } })
  const [letter] = await read({ ids: [id] })
  if (letter === undefined) throw new Error('no letter')
  expect(await restoreRecord(letter, spool)).toEqual({
    record: {
      topic: 'p.live.chat',
      key: 'stream',
      value,
      headers: { 'content-type': 'x/y', 'streamkeeper-replay': id },
    },
  })
})

it.each([
  ['its subject', null, { value: Buffer.from('{"subject":"s7"}') }, 's7'],
  ['the subject of its headers', null, { headers: { ce_subject: 's8' } }, 's8'],
])('a record without key is published under %s', async (_, key, record, expected) => {
  const [letter] = await read({ ids: [await reject({ key, ...record })] })
  if (letter === undefined) throw new Error('no letter')
  expect(await restoreRecord(letter, spool)).toMatchObject({ record: { key: expected } })
})

it.each([
  ['neither key nor subject', { key: null, value: Buffer.from('nothing') }],
  ['key was too long', { key: 'k'.repeat(600) }],
  ['headers were too large', { headers: { big: 'x'.repeat(20_000) } }],
  ['bytes are no longer kept', { value: null }],
])('is refused when it cannot be had whole: %s', async (words, record) => {
  const [letter] = await read({ ids: [await reject(record)] })
  if (letter === undefined) throw new Error('no letter')
  expect(await restoreRecord(letter, spool)).toEqual({ refused: expect.stringContaining(words) })
})

it('bytes that are not the rejected ones are never published', async () => {
  const sha256 = createHash('sha256').update('a').digest('hex')
  const [letter] = await read({ ids: [await reject({ value: Buffer.from('a') })] })
  if (letter === undefined) throw new Error('no letter')
  const forged = { ...letter.rejected, value: Buffer.from('b').toString('base64'), sha256 }
  await expect(bytesOf(forged, spool)).rejects.toThrow('not the ones')
})
