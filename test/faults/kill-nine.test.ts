import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { testCardPath } from '@streamkeeper/inference'
import { cutSegments, encodeStillClip } from '@streamkeeper/media'
import { until } from '@streamkeeper/testkit'
import { checkRun } from '../checker/check-run.js'
import type { Fault, Sinks } from '../checker/types.js'
import { allServices } from '../harness/all-services.js'
import type { Outgoing } from '../harness/live-events.js'
import { seededRandom } from '../harness/random.js'
import { readSinks } from '../harness/read-sinks.js'
import { startSystem, type ServiceName, type System } from '../harness/start-system.js'

const kills = 20
const streams = 25
const ids = 5_000
const recoverWithinMs = 60_000
const seed = Number(process.env['STREAMKEEPER_TEST_SEED'] ?? Date.now() % 1_000_000)
const random = seededRandom(seed)
/** Of every 100 messages of a stream one is a segment, one is refused. */
const round = 100

/** Every so manieth stream shows the test card; the others send bytes that are no picture. */
const cardEvery = 5

const folder = mkdtempSync(join(tmpdir(), 'streamkeeper-kill-'))
let card: Buffer[] = []
let system: System

beforeAll(async () => {
  process.stderr.write(`kill nine: STREAMKEEPER_TEST_SEED=${seed}\n`)
  await encodeStillClip(testCardPath, 4, join(folder, 'card.mp4'))
  const segments = await cutSegments(join(folder, 'card.mp4'), join(folder, 'card'), { segmentMs: 2_000 })
  card = segments.map(({ path }) => readFileSync(path))
  system = await startSystem({ services: allServices() })
}, 120_000)

afterAll(async () => {
  await system.stop()
  rmSync(folder, { recursive: true, force: true })
}, 90_000)

function bytesOf(streamNumber: number, sequence: number): Buffer {
  const noise = Buffer.alloc(20_000, `${streamNumber} ${sequence}`)
  return streamNumber % cardEvery === 0 ? (card[sequence % card.length] ?? noise) : noise
}

/** What is sent at a place of a stream: mostly chat, with words that are held, some segments, some that must be refused. */
function eventAt(number: number, place: number): Outgoing {
  const { events } = system
  const stream = `kill-${number}`
  const sequence = Math.floor(place / round)
  if (place % round === 50) return events.segment(stream, sequence, bytesOf(number, sequence))
  const chat = events.chat(stream, `m${place}`, place % 10 === 3 ? 'who sells a blue kite here?' : `message ${place}`)
  if (place % round !== 75) return chat
  const value = Buffer.from(chat.record.value.toString().replace('"kind":"message"', '"kind":"shout"'))
  return { record: { ...chat.record, value }, about: { ...chat.about, code: 'INVALID_EVENT' } }
}

/** Publishes all ids over about `overMs`, a batch of one place in all streams at a time. */
async function publishAll(overMs: number): Promise<void> {
  const places = ids / streams
  const from = Date.now()
  for (let place = 0; place < places; place += 1) {
    const batch = Array.from({ length: streams }, (_, n) => eventAt(n, place))
    await system.producer.send(...batch)
    await pause(Math.max(0, from + (overMs * place) / places - Date.now()))
  }
}

/** One that lives, be it still starting: a dead one cannot be killed. */
async function pickAlive(): Promise<ServiceName> {
  const alive = await until(
    () => {
      const names = [...system.services].filter(([, service]) => service.isAlive).map(([name]) => name)
      return names.length > 0 && names
    },
    { what: 'a living service', withinMs: 30_000 },
  )
  return alive[Math.floor(random() * alive.length)] ?? 'ingest'
}

/** Answers every command once: one that nobody answers is sent again and again, and the log would never come to rest. */
function startObeying(): { stop(): Promise<number> } {
  const answered = new Set<string>()
  const end = new AbortController()
  const run = async (): Promise<void> => {
    while (!end.signal.aborted) {
      for (const { subject, id } of system.recorder.on('moderation.commands'))
        if (!answered.has(id)) {
          answered.add(id)
          await system.producer.send(system.events.acknowledged(subject, id))
        }
      await pause(200)
    }
  }
  const ended = run()
  return {
    stop: async () => {
      end.abort()
      await ended
      return answered.size
    },
  }
}

/** Kills one service after the other at random, never waiting for it to be well again. */
async function killAll(overMs: number): Promise<Promise<Fault[]>[]> {
  const faults: Promise<Fault[]>[] = []
  for (let kill = 1; kill <= kills; kill += 1) {
    await pause((overMs / kills) * (0.5 + random()))
    const name = await pickAlive()
    process.stderr.write(`SIGKILL ${kill}: ${name}\n`)
    system.kill(name)
    faults.push(recovery(name, `SIGKILL ${kill} of ${name}`))
  }
  return faults
}

/** How long until it is ready; nothing to judge when it is killed again before that. */
async function recovery(name: ServiceName, what: string): Promise<Fault[]> {
  const service = system.services.get(name)
  if (service === undefined) return []
  const from = performance.now()
  const before = service.counts()
  const isOver = (): boolean => service.counts().starts > before.starts || service.counts().kills > before.kills
  const isKnown = await until(isOver, { what, withinMs: recoverWithinMs, everyMs: 20 }).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`)
    return false
  })
  if (isKnown && service.counts().starts === before.starts) return []
  return [{ what, recoveredMs: isKnown ? Math.round(performance.now() - from) : null }]
}

/** A run in which nothing was decided would prove nothing: each stream has its case, each test card its blur. */
function expectEffects({ cases, commands }: Sinks): void {
  if (cases === null || commands === null || !system.services.has('screen')) return
  const streamsOf = (rows: readonly { streamId: string }[]): number => new Set(rows.map((row) => row.streamId)).size
  expect(streamsOf(cases)).toBe(streams)
  expect(streamsOf(commands.filter((row) => row.action === 'blur-picture'))).toBe(streams / cardEvery)
}

test(`${kills} random SIGKILLs while ${ids} ids pass: nothing lost, nothing from nowhere, no effect twice`, async () => {
  await system.explain(async () => {
    const { events, producer } = system
    const names = Array.from({ length: streams }, (_, n) => `kill-${n}`)
    await producer.send(events.account('streamer'), ...names.map((name) => events.started(name, 'streamer')))
    const platform = startObeying()
    const [faults] = await Promise.all([killAll(60_000), publishAll(60_000)])
    const recovered = (await Promise.all(faults)).flat()
    const from = performance.now()
    const sinks = await readSinks(system, recoverWithinMs)
    const answers = await platform.stop()
    const settledMs = Math.round(performance.now() - from)
    const settled = { what: 'after the last SIGKILL, until all is read', recoveredMs: settledMs }
    const report = checkRun({ acknowledged: producer.sent, sinks, faults: [...recovered, settled], recoverWithinMs })
    const slowest = Math.max(...recovered.map(({ recoveredMs }) => recoveredMs ?? Infinity))
    process.stderr.write(
      `kill nine: slowest start ${slowest} ms, settled ${settledMs} ms, ${JSON.stringify(report.counts)}\n`,
    )
    expect(report.findings.slice(0, 20)).toEqual([])
    expectEffects(sinks)
    expect(report.counts.acknowledged + report.counts.unknown).toBe(ids + streams + 1 + answers)
  })
}, 300_000)
