import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { topicName } from '@streamkeeper/contracts'
import { claimCase, decide, findCase, findOpenCase, listCaseSignals } from '@streamkeeper/database'
import { testCardPath } from '@streamkeeper/inference'
import { cutSegments, encodeStillClip, type CutSegment } from '@streamkeeper/media'
import type { Subscription } from '@streamkeeper/pipeline'
import { groupName, loadPublicJwks } from '@streamkeeper/runtime'
import { engineSet, until } from '@streamkeeper/testkit'
import { forgetRedis, restoreDump, rewindGroups, takeCopies } from '../harness/copies.js'
import type { Outgoing } from '../harness/live-events.js'
import { startSystem, type System } from '../harness/start-system.js'
import { obeyCommands } from '../platform/obey.js'

/** The machine is lost after a copy was made: a new place takes the copies and goes on where they stand. */
const folder = mkdtempSync(join(tmpdir(), 'streamkeeper-restore-'))
const copies = { dump: join(folder, 'dump'), keys: join(folder, 'keys'), objects: join(folder, 'objects') }
const services = ['ingest', 'screen', 'escalate', 'archive'] as const
const quick = { STREAMKEEPER_WINDOW_MS: '2000', STREAMKEEPER_SEAL_AFTER_MS: '1000' }
const isLocal = engineSet() === 'local'
/** What the platform did, in order: it knows the ids of commands longer than any system lives. */
const carriedOut: string[] = []
const known = new Set<string>()
const open: { stop(): Promise<void> }[] = []
let segments: CutSegment[]
/** What the platform sent after the copies were made. */
let late: readonly Outgoing[] = []
let lost: System
let back: System

beforeAll(async () => {
  await encodeStillClip(testCardPath, 4, join(folder, 'card.mp4'))
  // One segment, one hit: which of two at the same moment fires a rule is a matter of who is read first.
  segments = (await cutSegments(join(folder, 'card.mp4'), join(folder, 'card'), { segmentMs: 2_000 })).slice(0, 1)
}, 60_000)

afterAll(async () => {
  for (const one of open.toReversed()) await one.stop()
  rmSync(folder, { recursive: true, force: true })
}, 120_000)

function obey({ log, env, prefix }: System): Promise<Subscription> {
  return obeyCommands({
    log,
    topicPrefix: prefix,
    group: `${prefix}platform`,
    keys: () => loadPublicJwks(env['STREAMKEEPER_KEYS_DIR'] ?? ''),
    say: () => undefined,
    carryOut: async ({ commandId, streamId, action }) => {
      if (!known.has(commandId)) carriedOut.push(`${action} ${streamId}`)
      known.add(commandId)
      return 'done'
    },
  })
}

function broadcast({ events }: System, streamId: string): Outgoing[] {
  const media = segments.map(({ path }, sequence) => events.segment(streamId, sequence, readFileSync(path)))
  return [events.account(`account-${streamId}`), events.started(streamId, `account-${streamId}`), ...media]
}

/** Everything was looked at, and policy has read every hit: what comes later would be another case. */
async function isRead({ database, log, prefix }: System, streamId: string): Promise<boolean> {
  const sql = `select 1 from coverage where stream_id = $1 and state = 'looked'`
  if ((await database.pool.query(sql, [streamId])).rowCount !== segments.length) return false
  const lags = await log.lag(groupName(prefix, 'escalate'), [topicName(prefix, 'moderation.signals')])
  return lags.every(({ end, committed }) => committed >= end)
}

async function cut(system: System, streamId: string): Promise<void> {
  const { database } = system
  await until(() => isRead(system, streamId), { what: `${streamId} is read`, withinMs: 60_000 })
  const found = await until(() => findOpenCase(database, streamId), { what: 'an open case', withinMs: 60_000 })
  if (found === null) throw new Error('no case')
  const { caseId } = found
  const now = new Date()
  const { version, leaseToken } = await claimCase(database, { caseId, person: 'mo', now, leaseMs: 60_000 })
  const [last] = await listCaseSignals(database, caseId, 1)
  await decide(database, {
    caseId,
    leaseToken,
    now,
    expectedVersion: version,
    seenThroughSeq: last?.seq ?? 0,
    actor: { kind: 'person', id: 'mo' },
    action: 'cut-stream',
    reason: { label: 'TEST_CARD', textForStreamer: 'A drill.' },
    idempotencyKey: 'once',
    rules: { undoMs: 10_000, immediateTiers: ['P0'], expireAfterMs: 60_000 },
  })
  await until(async () => (await findCase(database, caseId))?.state === 'dark', { what: 'dark', withinMs: 60_000 })
}

const decisionsOf = async ({ database }: System, streamId: string): Promise<unknown[]> => {
  const sql = 'select decision_id, action, case_id from decisions where stream_id = $1 order by decided_at, decision_id'
  return (await database.pool.query(sql, [streamId])).rows
}

test('a stream is cut; the copies are made; another stream begins, and the machine is lost', async () => {
  lost = await startSystem({ services, env: quick })
  open.push(lost)
  await lost.explain(async () => {
    const platform = await obey(lost)
    await lost.producer.send(...broadcast(lost, 'kept'))
    await cut(lost, 'kept')
    // Where the log itself lies in the database its objects must be of the same moment: stop, copy, start.
    if (isLocal) await Promise.all([...lost.services.values()].map((service) => service.stop()))
    await takeCopies(lost, copies)
    if (isLocal) await Promise.all([...lost.services.values()].map((service) => service.restartWith({})))
    late = [...broadcast(lost, 'late'), lost.events.chat('late', 'm1', 'hello')]
    await lost.producer.send(...late)
    await until(() => carriedOut.includes('blur-picture late'), { what: 'the machine blurs', withinMs: 60_000 })
    await until(() => lost.recorder.on('moderation.verdicts').length > 0, { what: 'a verdict', withinMs: 60_000 })
    await platform.stop()
    await Promise.all([...lost.services.values()].map((service) => service.stop()))
  })
}, 240_000)

test('the new place has what the copies have, and takes up what came since, once', async () => {
  await forgetRedis(lost)
  if (!isLocal) await rewindGroups(lost)
  const before = await decisionsOf(lost, 'kept')
  const objects = lost.env['STREAMKEEPER_OBJECTS_DIR'] === undefined ? {} : { STREAMKEEPER_OBJECTS_DIR: copies.objects }
  back = await startSystem({
    services,
    prefix: lost.prefix,
    env: { ...quick, ...objects, STREAMKEEPER_KEYS_DIR: copies.keys },
    fill: (databaseUrl) => restoreDump(copies.dump, databaseUrl),
  })
  open.push(back)
  await back.explain(async () => {
    open.push(await obey(back))
    // A log that went with the machine: the platform sends again what it sent since the copies were made.
    if (isLocal) await back.producer.send(...late)
    await cut(back, 'late')
    expect(await decisionsOf(back, 'kept')).toEqual(before)
    expect(carriedOut).toEqual([
      'blur-picture kept',
      'confirm kept',
      'cut-stream kept',
      'blur-picture late',
      'confirm late',
      'cut-stream late',
    ])
    const { rows } = await back.database.pool.query('select stream_id from cases order by stream_id')
    expect(rows).toEqual([{ stream_id: 'kept' }, { stream_id: 'late' }])
    await until(
      async () => (await back.database.pool.query('select 1 from seal_plans where sealed_at is null')).rowCount === 0,
      { what: 'all plans of the archive are sealed', withinMs: 60_000, everyMs: 500 },
    )
  })
}, 240_000)
