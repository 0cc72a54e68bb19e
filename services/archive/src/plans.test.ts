import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { StagedBatchRow, StagedSegmentRow, WindowRow } from '@streamkeeper/database'
import type { LogRecord } from '@streamkeeper/pipeline'
import { parseProfile, profileUrl } from '@streamkeeper/policy'
import { batchSpoolKey, packLines } from './log-lines.js'
import { kindOf } from './kind-of.js'
import { groupBatches, indexKey, keptForOf, logPlan, mediaPlans } from './plans.js'

const profile = parseProfile(readFileSync(profileUrl('cn'), 'utf8'), 'cn')
const at = new Date('2026-01-01T00:00:00.000Z')
const from = { profile, now: at }
const later = new Date('2026-01-02T00:00:00.500Z')

const game = { streamId: 'room.1', class: 'game' as const, endedAt: null }

const window: WindowRow = {
  streamId: 'room.1',
  index: 3,
  partition: 0,
  upToOffset: 50n,
  reason: 'length',
  closedAt: at,
  objectKey: null,
}

function segment(sequence: number, size: number): StagedSegmentRow {
  return {
    streamId: 'room.1',
    sequence,
    partition: 0,
    offset: BigInt(sequence + 10),
    spoolKey: `media/${sequence}`,
    sha256: String(sequence).repeat(64),
    size,
    mediaType: 'video/mp2t',
    streamTimeMs: sequence * 1000,
    durationMs: 1000,
    receivedAt: at,
    brokerAt: at,
    objectKey: null,
    sweptAt: null,
  }
}

function batch(first: bigint, more: Partial<StagedBatchRow> = {}): StagedBatchRow {
  return {
    topic: 'moderation.chat',
    partition: 1,
    firstOffset: first,
    lastOffset: first + 9n,
    records: 10,
    sha256: '0'.repeat(64),
    size: 100,
    spoolKey: `logs/${first}`,
    streamIds: [],
    brokerFirstAt: at,
    brokerLastAt: at,
    stagedAt: at,
    objectKey: null,
    sweptAt: null,
    ...more,
  }
}

function record(offset: bigint, value: Buffer | null): LogRecord {
  return { topic: 't', partition: 0, offset, key: 'k', value, headers: { a: 'b' }, brokerAt: at.getTime() }
}

describe('media plan', () => {
  it('joins the segments in the order of their sequence and says where each begins', () => {
    const [plan] = mediaPlans(window, [segment(8, 30), segment(7, 20)], game, from)
    expect(plan?.key).toBe('media/room=2e1/00000003-7-8.bin')
    expect(plan?.parts.map((part) => part.spoolKey)).toEqual(['media/7', 'media/8'])
    expect(plan?.index['segments']).toMatchObject([
      { sequence: 7, start: 0, size: 20, source: { topic: 'moderation.segments', partition: 0, offset: '17' } },
      { sequence: 8, start: 20, size: 30 },
    ])
    expect(indexKey(plan?.key ?? '')).toBe('media/room=2e1/00000003-7-8.index.json')
  })

  it('counts from the latest time by the class of the stream, in whole seconds upwards', () => {
    const until = (streamClass: 'game' | 'ecommerce') =>
      mediaPlans(window, [segment(1, 1)], { ...game, class: streamClass, endedAt: later }, from)[0]?.retainUntil
    expect(until('game')).toBe('2026-03-04T00:00:01.000Z')
    expect(until('ecommerce')).toBe('2029-01-03T00:00:01.000Z')
  })

  it('makes no object of an empty window', () => {
    expect(mediaPlans(window, [], game, from)).toEqual([])
  })

  it('cuts a window that would not fit into memory, between two segments', () => {
    const large = 40 * 1024 * 1024
    const plans = mediaPlans(window, [segment(1, large), segment(2, large), segment(3, 10)], game, from)
    expect(plans.map((plan) => plan.parts.map((part) => part.name))).toEqual([['1'], ['2', '3']])
    expect(new Set(plans.map((plan) => plan.key)).size).toBe(2)
    expect(plans[1]?.index['segments']).toMatchObject([{ start: 0 }, { start: large }])
  })

  it('names both of its objects as holding content of the stream', () => {
    const plans = mediaPlans(window, [segment(1, 1)], game, from)
    expect(plans.flatMap((plan) => keptForOf(plan, [game], from)).map((row) => [row.objectKey, row.kind])).toEqual([
      [plans[0]?.key, 'media'],
      [indexKey(plans[0]?.key ?? ''), 'media'],
    ])
  })
})

describe('log plan', () => {
  it('groups by topic and partition and cuts what gets too large', () => {
    const large = { size: 40 * 1024 * 1024 }
    const groups = groupBatches([
      batch(0n),
      batch(10n),
      batch(0n, { partition: 2, ...large }),
      batch(10n, { partition: 2, ...large }),
    ])
    expect(groups.map((group) => group.map((one) => [one.partition, one.firstOffset]))).toEqual([
      [
        [1, 0n],
        [1, 10n],
      ],
      [[2, 0n]],
      [[2, 10n]],
    ])
  })

  it('names the object by its first and last offset', () => {
    const plan = logPlan([batch(0n), batch(10n)], [], from)
    expect(plan.key).toBe('logs/moderation.chat/1/00000000000000000000-00000000000000000019.jsonl.gz')
    expect(plan.parts.map((part) => part.spoolKey)).toEqual(['logs/0', 'logs/10'])
  })

  it('keeps chat as long as the strictest of its streams asks, and logs by their own rule', () => {
    const shop = { streamId: 'shop', class: 'ecommerce' as const, endedAt: null }
    expect(logPlan([batch(0n)], [game], from).retainUntil).toBe('2026-03-03T00:00:00.000Z')
    expect(logPlan([batch(0n)], [game, shop], from).retainUntil).toBe('2029-01-02T00:00:00.000Z')
    expect(logPlan([batch(0n, { topic: 'moderation.dlq' })], [], from).retainUntil).toBe('2026-07-02T00:00:00.000Z')
  })

  it('knows what a topic holds', () => {
    const topics = ['moderation.access', 'moderation.verdicts', 'moderation.sessions']
    expect(topics.map(kindOf)).toEqual(['decision', 'chat', 'log'])
  })
})

describe('log lines', () => {
  it('gives members that are gzip when joined, the same for the same records', () => {
    const [one, two] = [[record(1n, Buffer.from('{"a":1}'))], [record(2n, null)]]
    expect(packLines(one).bytes.equals(packLines(one).bytes)).toBe(true)
    const text = gunzipSync(Buffer.concat([packLines(one).bytes, packLines(two).bytes])).toString()
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { offset: '1', key: 'k', brokerAt: at.toISOString(), headers: { a: 'b' }, value: { a: 1 } },
      { offset: '2', key: 'k', brokerAt: at.toISOString(), headers: { a: 'b' }, value: null },
    ])
  })

  it.each(['no json', '{"a": 1}', '{"a":12345678901234567890}', '{"a":1,"a":2}'])('keeps %s as bytes', (text) => {
    const line = JSON.parse(gunzipSync(packLines([record(1n, Buffer.from(text))]).bytes).toString()) as {
      base64: string
    }
    expect(Buffer.from(line.base64, 'base64').toString()).toBe(text)
  })

  it('names the spool object by the first offset', () => {
    expect(batchSpoolKey('moderation.chat', 3, 7n)).toBe('logs/moderation=2echat/3/00000000000000000007')
  })
})
