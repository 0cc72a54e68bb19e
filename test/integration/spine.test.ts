import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { CommandIssued } from '@streamkeeper/contracts'
import {
  claimCase,
  decide,
  findCase,
  findOpenCase,
  listArchiveObjects,
  listCaseSignals,
  type CaseRow,
} from '@streamkeeper/database'
import { testCardPath } from '@streamkeeper/inference'
import { cutSegments, encodeStillClip } from '@streamkeeper/media'
import type { Subscription } from '@streamkeeper/pipeline'
import { loadPublicJwks } from '@streamkeeper/runtime'
import { until } from '@streamkeeper/testkit'
import type { SinkRecord } from '../checker/types.js'
import { startSystem, type System } from '../harness/start-system.js'
import { obeyCommands } from '../platform/obey.js'

/** The way of the main job: a real segment and a real chat line in, a case, a decision, an obeyed command, a dark stream. */
const folder = mkdtempSync(join(tmpdir(), 'streamkeeper-spine-'))
const stream = 'drill-1'
/** Words of the demo's list in the picture, and others in a QR code. */
const poster = 'poster-1'
const posterPath = join(import.meta.dirname, 'poster.png')
const carriedOut: CommandIssued[] = []
let system: System
let platform: Subscription
let found: CaseRow

const of = (topic: SinkRecord['topic'], subject = stream): readonly SinkRecord[] =>
  system.recorder.all().filter((record) => record.topic === topic && record.subject === subject)
const text = (record: SinkRecord, field: string): string => String(record.data[field])

beforeAll(async () => {
  system = await startSystem({
    services: ['ingest', 'screen', 'escalate', 'archive'],
    // A window closes with each segment, and logs are sealed soon.
    env: { STREAMKEEPER_WINDOW_MS: '2000', STREAMKEEPER_SEAL_AFTER_MS: '1000' },
  })
  const { log, env, prefix, events, producer } = system
  platform = await obeyCommands({
    log,
    topicPrefix: prefix,
    group: `${prefix}platform`,
    keys: () => loadPublicJwks(env['STREAMKEEPER_KEYS_DIR'] ?? ''),
    say: () => undefined,
    carryOut: async (command) => {
      carriedOut.push(command)
      return 'done'
    },
  })
  const segmentsOf = async (name: string, still: string) => {
    await encodeStillClip(still, 4, join(folder, `${name}.mp4`))
    const cut = await cutSegments(join(folder, `${name}.mp4`), join(folder, name), { segmentMs: 2_000 })
    return cut.map(({ path }, sequence) => events.segment(name, sequence, readFileSync(path)))
  }
  const [card, words] = [await segmentsOf(stream, testCardPath), await segmentsOf(poster, posterPath)]
  await producer.send(events.account('streamer'), events.started(stream, 'streamer'))
  await producer.send(...card)
  await producer.send(events.chat(stream, 'm1', 'hello'), events.chat(stream, 'm2', 'who sells a ＢＬＵＥ kite?'))
  await producer.send(events.started(poster, 'streamer'))
  await producer.send(...words)
}, 120_000)

afterAll(async () => {
  await platform.stop()
  await system.stop()
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

describe('the spine', () => {
  test(
    'every message has a verdict, and a hit its exact place',
    () =>
      system.explain(async () => {
        await until(() => of('moderation.verdicts').length >= 2, { what: 'two verdicts', withinMs: 60_000 })
        const [first, second] = ['m1', 'm2'].map((id) =>
          of('moderation.verdicts').find((record) => text(record, 'messageId') === id),
        )
        expect(first?.data).toMatchObject({ verdict: 'allow', matches: [] })
        expect(second?.data['verdict']).not.toBe('allow')
        expect(second?.data['matches']).toMatchObject([{ start: 12, end: 21, matched: 'ＢＬＵＥ kite' }])
      }),
    90_000,
  )

  test(
    'the test card is looked at, and coverage names the models',
    () =>
      system.explain(async () => {
        await until(() => of('moderation.coverage').length >= 2, {
          what: 'coverage of both segments',
          withinMs: 60_000,
        })
        const stretches = of('moderation.coverage').toSorted(
          (a, b) => Number(a.data['fromMs']) - Number(b.data['fromMs']),
        )
        expect(stretches.map(({ data }) => [data['fromMs'], data['toMs'], data['state']])).toEqual([
          [0, 2000, 'looked'],
          [2000, 4000, 'looked'],
        ])
        expect(stretches[0]?.data['models']).toMatchObject([
          { name: 'nsfw-mobilenet-v2' },
          { name: 'qr-code' },
          { name: 'picture-bank' },
          { name: 'ppocr-v4-detection' },
          { name: 'ppocr-v4-recognition' },
        ])
      }),
    90_000,
  )

  test(
    'it opens one P0 case, and the machine blurs the picture for a time',
    () =>
      system.explain(async () => {
        const open = await until(() => findOpenCase(system.database, stream), {
          what: 'an open case',
          withinMs: 60_000,
        })
        if (open === null) throw new Error('no case')
        found = open
        expect(open).toMatchObject({ tier: 'P0', labels: ['TEST_CARD'], streamId: stream, accountId: 'streamer' })
        await until(() => carriedOut.length > 0, { what: 'the first command', withinMs: 30_000 })
        expect(carriedOut[0]).toMatchObject({
          action: 'blur-picture',
          sequence: 1,
        })
        const [hit] = await listCaseSignals(system.database, open.caseId, 1)
        const preview = hit?.data.evidence?.preview
        expect(preview === undefined ? null : (await system.spool.get(preview.key))?.object.sha256).toBe(
          preview?.sha256,
        )
      }),
    90_000,
  )

  test(
    'a banned picture, words in the picture and words in a code are hits with their place',
    () =>
      system.explain(async () => {
        const hits = (subject: string) => of('moderation.signals', subject).filter(({ data }) => 'lane' in data)
        const hitsOf = (subject: string): Set<string> =>
          new Set(hits(subject).map((record) => `${text(record, 'lane')} ${text(record, 'label')}`))
        const wanted = {
          [stream]: ['code TEST_CARD', 'hash TEST_CARD'],
          [poster]: ['code GAMBLING', 'picture-text FRAUD'],
        }
        for (const [subject, lanes] of Object.entries(wanted))
          await until(() => lanes.every((lane) => hitsOf(subject).has(lane)), { what: lanes.join(), withinMs: 60_000 })
        const read = hits(poster).find(({ data }) => data['lane'] === 'picture-text')
        expect(read?.data['evidence']).toMatchObject({ matches: [{ entry: 'blue kite' }], box: expect.any(Array) })
        expect([...hitsOf(poster)].filter((hit) => !wanted[poster]?.includes(hit))).toEqual([])
      }),
    120_000,
  )

  test(
    'a cut is sent signed and in order, obeyed, and proven dark',
    () =>
      system.explain(async () => {
        const { database } = system
        const now = new Date()
        const claimed = await claimCase(database, { caseId: found.caseId, person: 'reviewer', now, leaseMs: 60_000 })
        const [last] = await listCaseSignals(database, found.caseId, 1)
        const decided = await decide(database, {
          caseId: found.caseId,
          expectedVersion: claimed.version,
          leaseToken: claimed.leaseToken,
          seenThroughSeq: last?.seq ?? 0,
          actor: { kind: 'person', id: 'reviewer' },
          action: 'cut-stream',
          reason: { label: 'TEST_CARD', textForStreamer: 'A drill.' },
          idempotencyKey: 'once',
          now,
          rules: { undoMs: 10_000, immediateTiers: ['P0'], expireAfterMs: 60_000 },
        })
        expect(decided.commands.map((command) => command.action)).toEqual(['confirm', 'cut-stream'])
        await until(() => carriedOut.length >= 3, { what: 'confirm and cut', withinMs: 30_000 })
        expect(carriedOut.map(({ action, sequence }) => [sequence, action])).toEqual([
          [1, 'blur-picture'],
          [2, 'confirm'],
          [3, 'cut-stream'],
        ])
        await until(async () => (await findCase(database, found.caseId))?.state === 'dark', {
          what: 'the case is dark',
          withinMs: 60_000,
        })
        expect(of('moderation.decisions').map((record) => text(record, 'action'))).toEqual([
          'blur-picture',
          'cut-stream',
        ])
      }),
    120_000,
  )

  test(
    'media and logs lie in the archive, locked as long as the profile asks, and cannot be deleted',
    () =>
      system.explain(async () => {
        const { database, archive } = system
        const objects = await until(
          async () => {
            const media = await listArchiveObjects(database, { streamId: stream, limit: 10 })
            const all = await listArchiveObjects(database, { limit: 500 })
            const decided = all.filter((object) => object.topic === 'moderation.decisions')
            return media.length > 0 && decided.length > 0 ? [...media, ...decided] : null
          },
          { what: 'sealed media and decisions', withinMs: 60_000 },
        )
        for (const { objectKey, versionId, retainUntil } of objects ?? []) {
          const kept = await archive.retention(objectKey, versionId)
          expect(kept?.mode).toBe('COMPLIANCE')
          expect(Math.abs((kept?.until.getTime() ?? 0) - retainUntil.getTime())).toBeLessThan(2_000)
          expect(retainUntil.getTime() - Date.now()).toBeGreaterThan(60 * 24 * 60 * 60 * 1000)
          expect(await archive.remove(objectKey, versionId)).toEqual({ outcome: 'refused' })
          expect(await archive.versions(objectKey)).toHaveLength(1)
        }
      }),
    90_000,
  )
})
