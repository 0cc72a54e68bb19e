import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { engineSet, kafkaEngine, until } from '@streamkeeper/testkit'
import { checkRun } from '../checker/check-run.js'
import type { SentEvent, SinkRecord } from '../checker/types.js'
import type { Outgoing } from '../harness/live-events.js'
import { codecs, produceCompressed } from '../harness/produce-compressed.js'
import { readSinks } from '../harness/read-sinks.js'
import { startSystem, type System } from '../harness/start-system.js'
import { badRecords, noise } from './_bad-records.js'

/** Streams of one installation, each with a sound message before and after what is wrong in it. */
let system: System
const sentBy = new Map<string, readonly SentEvent[]>()

async function onAir(...streams: readonly string[]): Promise<void> {
  const { events, producer } = system
  await producer.send(...streams.map((stream) => events.started(stream, 'streamer')))
  await until(() => streams.every((stream) => accepted('moderation.sessions', stream).length > 0), {
    what: `${streams.length} streams are on air`,
    withinMs: 30_000,
  })
}

function accepted(topic: string, subject: string): readonly SinkRecord[] {
  return system.recorder.all().filter((record) => record.topic === topic && record.subject === subject)
}

function letterOf({ position = '' }: SentEvent): SinkRecord | undefined {
  return system.recorder
    .on('moderation.dlq')
    .find(({ data }) => position === [data['topic'], data['partition'], data['offset']].join(':'))
}

async function waitForLetter(sent: SentEvent | undefined): Promise<SinkRecord> {
  if (sent === undefined) throw new Error('it was not sent')
  return until(() => letterOf(sent), { what: `a dead letter for ${sent.position}`, withinMs: 40_000, everyMs: 50 })
}

function waitForChat(stream: string, messages: readonly string[]): Promise<unknown> {
  const found = (): string[] => accepted('moderation.chat', stream).map((record) => String(record.data['messageId']))
  return until(() => JSON.stringify(found()) === JSON.stringify(messages), {
    what: `${messages.join(', ')} of ${stream}`,
    withinMs: 30_000,
    everyMs: 50,
  })
}

/** The same event with fields of its JSON changed. */
function changed({ record, about }: Outgoing, attributes: object, data: object = {}): Outgoing {
  const event = JSON.parse(record.value.toString()) as { id: string; data: object }
  const spoiled = { ...event, ...attributes, data: { ...event.data, ...data } }
  return { about: { ...about, id: spoiled.id }, record: { ...record, value: Buffer.from(JSON.stringify(spoiled)) } }
}

function refused(event: Outgoing, code: string): Outgoing {
  return { ...event, about: { ...event.about, code } }
}

beforeAll(async () => {
  system = await startSystem({ services: ['ingest'] })
  const { events, producer, mediaRoot } = system
  await producer.send(events.account('streamer'))
  const streams = badRecords.map((_, index) => `bad-${index}`)
  await onAir(...streams)
  for (const [index, { name, code, make }] of badRecords.entries()) {
    const stream = streams[index] ?? ''
    const bad = refused(make(events, stream, mediaRoot), code)
    sentBy.set(
      name,
      await producer.send(events.chat(stream, 'before', 'good'), bad, events.chat(stream, 'after', 'good')),
    )
  }
}, 90_000)

afterAll(async () => system.stop(), 60_000)

describe('a record with', () => {
  test.each(badRecords.map(({ name, code }, index) => ({ name, code, stream: `bad-${index}` })))(
    '$name is refused as $code, by its coordinates, and the stream goes on',
    async ({ name, code, stream }) => {
      await system.explain(async () => {
        const letter = await waitForLetter(sentBy.get(name)?.[1])
        expect(letter.data).toMatchObject({ code, attempts: 1, stage: expect.any(String) })
        expect(String(letter.data['message'])).not.toBe('')
        await waitForChat(stream, ['before', 'after'])
      })
    },
    60_000,
  )

  test('a value above 256 KB keeps its bytes in the spool, where the dead letter names them', async () => {
    const { data } = await waitForLetter(sentBy.get('a value above 1 MiB')?.[1])
    const spool = data['spool'] as { key: string; sha256: string; size: number }
    const stored = await system.spool.get(spool.key)
    expect(stored?.object).toMatchObject({ sha256: spool.sha256, size: spool.size })
    expect(data['value']).toBeUndefined()
  })

  test('more than its topic takes is refused by the broker itself', async () => {
    const { events, log } = system
    const { record } = events.chat('bad-0', 'too-large', 'x'.repeat(9 * 1024 * 1024))
    await expect(log.publish([record])).rejects.toMatchObject({ name: 'RecordTooLargeError', retriable: false })
  })
})

describe('what is strange and right', () => {
  test('unknown extra fields are kept', async () => {
    const { events, producer } = system
    await onAir('extra')
    await producer.send(
      changed(events.chat('extra', 'm', 'hello'), { traceparent: '00-1' }, { room: { colour: 'red' } }),
    )
    await waitForChat('extra', ['m'])
    expect(accepted('moderation.chat', 'extra')[0]?.data).toMatchObject({ room: { colour: 'red' } })
  })

  test('bytes that are no media, a playlist as media and 9 MB are accepted and spooled as they are', async () => {
    const { events, producer, spool } = system
    const playlist = Buffer.from('#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:2,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n')
    const all = [noise, playlist, Buffer.alloc(9 * 1024 * 1024, 'large')]
    await onAir('media')
    await producer.send(...all.map((bytes, sequence) => events.segment('media', sequence, bytes)))
    const segments = await until(
      () => {
        const found = accepted('moderation.segments', 'media')
        return found.length >= all.length && found
      },
      { what: 'three segments', withinMs: 30_000 },
    )
    for (const { data } of segments) {
      const { key, sha256 } = data['spool'] as { key: string; sha256: string }
      expect((await spool.get(key))?.bytes.equals(all[Number(data['sequence'])] ?? noise)).toBe(true)
      expect(sha256).toBe(data['sha256'])
    }
    expect(segments.map(({ data }) => data['sequence'])).toEqual([0, 1, 2])
  }, 60_000)

  // Codecs are Kafka's alone.
  const onKafka = engineSet() === 'native' ? test : test.skip
  onKafka(
    "batches in gzip, snappy, lz4 and zstd, as Kafka's own client writes them, are read",
    async () => {
      const { events, producer, prefix } = system
      await onAir('compressed')
      const batch = codecs.flatMap((codec) =>
        [1, 2, 3].map((n) => ({ codec, ...events.chat('compressed', `${codec}-${n}`, `${codec} `.repeat(200)) })),
      )
      producer.sent.push(...(await produceCompressed({ brokers: kafkaEngine().brokers, prefix }, batch)))
      await waitForChat(
        'compressed',
        codecs.flatMap((codec) => [1, 2, 3].map((n) => `${codec}-${n}`)),
      )
    },
    60_000,
  )
})

describe('what comes again', () => {
  test('the same id with the same content is dropped, with other content refused', async () => {
    const { events, producer } = system
    await onAir('again')
    const first = events.chat('again', 'm1', 'once')
    const [, , conflict] = await producer.send(
      first,
      first,
      refused(changed(first, {}, { text: 'twice', messageId: 'm2' }), 'ID_CONFLICT'),
      events.chat('again', 'last', 'good'),
    )
    await waitForChat('again', ['m1', 'last'])
    expect((await waitForLetter(conflict)).data['code']).toBe('ID_CONFLICT')
  })

  test('the same message under another event id is dropped, with other text refused', async () => {
    const { events, producer } = system
    await onAir('message')
    const first = events.chat('message', 'm1', 'once')
    const [, conflict] = await producer.send(
      first,
      refused(changed(first, { id: 'other' }, { text: 'twice' }), 'MESSAGE_CONFLICT'),
    )
    await system.log.publish([changed(first, { id: 'third' }).record])
    await producer.send(events.chat('message', 'last', 'good'))
    await waitForChat('message', ['m1', 'last'])
    expect((await waitForLetter(conflict)).data['code']).toBe('MESSAGE_CONFLICT')
  })

  test('a stream id is not used again', async () => {
    const { events, producer } = system
    await onAir('reused')
    const again = changed(events.started('reused', 'streamer'), { id: 'second-start' }, { title: 'Another broadcast' })
    const [sent] = await producer.send(refused(again, 'STREAM_ID_REUSED'))
    expect((await waitForLetter(sent)).data['code']).toBe('STREAM_ID_REUSED')
  })
})

describe('sequences', () => {
  const bytes = (n: number): Buffer => Buffer.alloc(4_096, `segment ${n}`)
  const sequencesOf = (stream: string): unknown[] =>
    accepted('moderation.segments', stream)
      .filter(({ type }) => type === 'moderation.segment.accepted')
      .map(({ data }) => data['sequence'])

  test('out of order within 30 s are no gap; a hole is told by name; other bytes of one number are refused', async () => {
    const { events, producer } = system
    await onAir('numbers')
    const order = [0, 2, 1, 3, 7, 8]
    await producer.send(...order.map((n) => events.segment('numbers', n, bytes(n))))
    const other = renamed(events.segment('numbers', 2, bytes(99)), 'segment-numbers-2-again')
    const [conflict] = await producer.send(refused(other, 'SEQUENCE_CONFLICT'))
    expect((await waitForLetter(conflict)).data['code']).toBe('SEQUENCE_CONFLICT')
    await until(() => sequencesOf('numbers').length >= order.length, { what: 'six segments', withinMs: 20_000 })
    expect(sequencesOf('numbers')).toEqual(order)
    const gaps = await until(
      () => {
        const found = accepted('moderation.segments', 'numbers').filter(
          (one) => one.type === 'moderation.segment.missing',
        )
        return found.length > 0 && found
      },
      { what: 'the gap', withinMs: 60_000, everyMs: 100 },
    )
    expect(gaps.map(({ data }) => [data['fromSequence'], data['toSequence']])).toEqual([[4, 6]])
  }, 90_000)

  test('an end that overtakes the last segments does not refuse them; what lies behind the end is', async () => {
    const { events, producer } = system
    await onAir('ending')
    const end = new Date(Date.now() + 1_000)
    const [late] = [
      refused(
        changed(events.chat('ending', 'late', 'late'), { time: new Date(end.getTime() + 60_000).toISOString() }),
        'STREAM_ENDED',
      ),
    ]
    const segment = events.segment('ending', 0, bytes(0))
    await producer.send(events.ended('ending', end))
    await until(() => accepted('moderation.sessions', 'ending').some(({ data }) => data['kind'] === 'ended'), {
      what: 'the end',
      withinMs: 20_000,
    })
    const [, , afterEnd] = await producer.send(segment, events.chat('ending', 'm', 'in time'), late)
    await waitForChat('ending', ['m'])
    expect((await waitForLetter(afterEnd)).data['code']).toBe('STREAM_ENDED')
    await until(() => sequencesOf('ending').length === 1, { what: 'the last segment', withinMs: 20_000 })
  }, 60_000)
})

test('the checker finds nothing lost, nothing from nowhere and nothing twice in all of it', async () => {
  await system.explain(async () => {
    const sinks = await readSinks(system)
    const { findings, counts } = checkRun({ acknowledged: system.producer.sent, sinks, faults: [] })
    process.stderr.write(`bad input: ${JSON.stringify(counts)}\n`)
    expect(findings).toEqual([])
  })
}, 90_000)

/** Another event id for a binary-mode segment. */
function renamed({ record, about }: Outgoing, id: string): Outgoing {
  return { about: { ...about, id }, record: { ...record, headers: { ...record.headers, ce_id: id } } }
}
