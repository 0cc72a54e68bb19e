import { encodeEvent, type SegmentAccepted } from '@streamkeeper/contracts'
import { findCase, findLastAlarm, listAlarms, takeAlarm } from '@streamkeeper/database'
import type { LogRecord } from '@streamkeeper/pipeline'
import { cutStream } from '../_cut-stream.js'
import { openTestDeps, topicPrefix, type TestDeps } from '../_test-deps.js'
import { relayOnce } from '../loops/relay.js'
import { createDecodeStep } from './decode.js'
import { createWatchStreamStep } from './watch-stream.js'

/** A platform that acknowledges a cut and goes on. */
let opened: TestDeps
beforeAll(async () => {
  opened = await openTestDeps()
}, 60_000)
afterAll(() => opened.close())

async function take(type: 'moderation.ack.accepted' | 'moderation.segment.accepted', data: object): Promise<void> {
  const { deps, clock } = opened
  const subject = (data as { streamId: string }).streamId
  const event = { type, id: `${type}-${clock.now}`, source: '/ingest', subject, time: new Date(clock.now), data }
  const encoded = encodeEvent(topicPrefix, event as Parameters<typeof encodeEvent>[1])
  const record: LogRecord = { ...encoded, partition: 0, offset: 0n, brokerAt: clock.now }
  const context = { attempt: 1 } as Parameters<ReturnType<typeof createDecodeStep>['run']>[1]
  const decoded = await createDecodeStep(topicPrefix).run(record, context)
  if (decoded.kind !== 'ok') throw new Error(JSON.stringify(decoded))
  await createWatchStreamStep(deps).run(decoded.value, context)
}

const receivedNow = () => {
  const at = new Date(opened.clock.now).toISOString()
  return { receivedAt: at, origin: { topic: 'live.x', partition: 0, offset: '1', id: 'e', source: '/p', brokerAt: at } }
}

async function bringMedia(streamId: string, sequence: number): Promise<void> {
  const data: SegmentAccepted = {
    streamId,
    sequence,
    streamTimeMs: sequence * 2_000,
    durationMs: 2_000,
    mediaType: 'video/mp2t',
    size: 1,
    sha256: 'a'.repeat(64),
    spool: { key: 'k', sha256: 'a'.repeat(64), size: 1 },
    ...receivedNow(),
  }
  await take('moderation.segment.accepted', data)
}

it('calls once when it disobeys, and again when media still comes long after somebody took the alarm', async () => {
  const { deps, clock } = opened
  const { database, policy } = deps
  const streamId = 'goes-on'
  const caseId = await cutStream(deps, streamId)
  await relayOnce(deps)
  const { rows } = await database.pool.query<{ id: string }>(`select command_id id from commands where case_id = $1`, [
    caseId,
  ])
  clock.now += 1_000
  await take('moderation.ack.accepted', {
    streamId,
    commandId: rows[0]?.id,
    result: 'done',
    acknowledgedAt: new Date(clock.now).toISOString(),
    ...receivedNow(),
  })
  const told = async () => (await listAlarms(database, 100)).filter((alarm) => alarm.caseId === caseId).length

  clock.now += policy.dark.graceMs
  await bringMedia(streamId, 1)
  expect(await told()).toBe(0)
  clock.now += 1
  await bringMedia(streamId, 2)
  expect(await findCase(database, caseId)).toMatchObject({ darkState: 'disobeyed' })
  clock.now += 3_600_000
  await bringMedia(streamId, 3)
  // As long as nobody took it, it is open: once is enough.
  expect(await told()).toBe(1)

  const { alarmId = 0 } = (await findLastAlarm(database, 'cut-disobeyed', caseId)) ?? {}
  await takeAlarm(database, { alarmId, person: 'lead', at: new Date(clock.now) })
  clock.now += policy.alarms.disobeyedAgainMs - 1
  await bringMedia(streamId, 4)
  expect(await told()).toBe(1)
  clock.now += 1
  await bringMedia(streamId, 5)
  await bringMedia(streamId, 6)
  expect(await told()).toBe(2)
  expect(await findLastAlarm(database, 'cut-disobeyed', caseId)).toMatchObject({
    endedAt: null,
    message: 'media still goes on after a cut was acknowledged',
  })
})
