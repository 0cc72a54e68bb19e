import { setTimeout as pause } from 'node:timers/promises'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { testCardPath } from '@streamkeeper/inference'
import { cutSegments, encodeStillClip } from '@streamkeeper/media'
import { engineSet, repositoryRoot, until, type Engines } from '@streamkeeper/testkit'
import { checkRun } from '../checker/check-run.js'
import type { Fault } from '../checker/types.js'
import type { Outgoing } from '../harness/live-events.js'
import { allServices } from '../harness/all-services.js'
import { enginesOf, startPrivateEngines, type PrivateEngines } from '../harness/private-engines.js'
import { readSinks } from '../harness/read-sinks.js'
import { startSystem, type System } from '../harness/start-system.js'

const folder = mkdtempSync(join(tmpdir(), 'engine-restart-'))
const awayMs = 20_000
const recoverWithinMs = 60_000
const streams = Array.from({ length: 8 }, (_, n) => `restart-${n}`)

/** Each of their segments shows the test card. */
const cards = Array.from({ length: 8 }, (_, n) => `card-${n}`)
const shown = new Map(cards.map((stream) => [stream, 0]))

let card: Buffer
let engines: PrivateEngines
let system: System
let traffic: { stop(): Promise<number> }
const faults: Fault[] = []

beforeAll(async () => {
  card = await drawCard()
  engines = await startPrivateEngines(engineSet())
  writeFileSync(join(folder, 'policy.yaml'), quietPolicy())
  const env = { STREAMKEEPER_POLICY: join(folder, 'policy.yaml') }
  system = await startSystem({ services: allServices(), engines: engines.engines, env })
  const { events, producer } = system
  const start = [
    events.account('streamer'),
    ...[...streams, ...cards].map((stream) => events.started(stream, 'streamer')),
  ]
  await producer.sendUntilTaken(start, recoverWithinMs)
  traffic = startTraffic()
}, 180_000)

afterAll(async () => {
  await traffic.stop()
  await system.stop()
  await engines.dispose()
  rmSync(folder, { recursive: true })
}, 120_000)

/** Cards alone open no case: commands that no platform answers would go on and on, and the topics would never be read to their end. */
function quietPolicy(): string {
  const policy = readFileSync(join(repositoryRoot(), 'packages/policy/data/default.policy.yaml'), 'utf8')
  return policy.replace(/(- id: test-card\n(?: +.*\n)*? +hits: )1\n/, (_, before: string) => `${before}1000\n`)
}

async function drawCard(): Promise<Buffer> {
  await encodeStillClip(testCardPath, 4, join(folder, 'card.mp4'))
  const [first] = await cutSegments(join(folder, 'card.mp4'), join(folder, 'segments'), { segmentMs: 2_000 })
  return readFileSync(first?.path ?? '')
}

/** Four rounds a second, a message in every stream and now and then segments; a round is sent until it is taken. */
function startTraffic(): { stop(): Promise<number> } {
  const { events, producer } = system
  const end = new AbortController()
  let rounds = 0
  const run = async (): Promise<void> => {
    for (; !end.signal.aborted; rounds += 1) {
      const chat = streams.map((stream) => events.chat(stream, `m${rounds}`, `message ${rounds}`))
      const stream = streams[Math.floor(rounds / 4) % streams.length] ?? 'restart-0'
      const sequence = Math.floor(rounds / 4 / streams.length)
      const segment = events.segment(stream, sequence, Buffer.alloc(20_000, `${stream} ${sequence}`))
      const one = cards[Math.floor(rounds / 16) % cards.length] ?? 'card-0'
      const media = rounds % 16 === 0 ? [segment, nextCard(one)] : [segment]
      const round = rounds % 4 === 0 ? [...chat, ...media] : chat
      await producer.sendUntilTaken(round, awayMs + recoverWithinMs)
      await pause(250)
    }
  }
  const ended = run()
  return {
    stop: async () => {
      end.abort()
      await ended
      return rounds
    },
  }
}

function nextCard(stream: string): Outgoing {
  const sequence = shown.get(stream) ?? 0
  shown.set(stream, sequence + 1)
  return system.events.segment(stream, sequence, card)
}

/** Resolves when the first of many cards has its signal: the others are on their way. */
async function showCards(): Promise<void> {
  const { producer, recorder } = system
  const before = recorder.on('moderation.signals').length
  await producer.sendUntilTaken(cards.map(nextCard), recoverWithinMs)
  await until(() => recorder.on('moderation.signals').length > before, {
    what: 'a card has its signal',
    withinMs: recoverWithinMs,
    everyMs: 5,
  })
}

/** Sends one more message and one more segment, and waits until both came out at the other end. */
async function flowGoesOn(name: string): Promise<number> {
  const { events, producer, recorder, services } = system
  const from = performance.now()
  const stream = `after-${name}`
  const marks = [
    events.segment(stream, 0, Buffer.alloc(10_000, stream)),
    events.chat(stream, 'mark', 'is anybody there'),
  ]
  await producer.sendUntilTaken([events.started(stream, 'streamer')], recoverWithinMs)
  await producer.sendUntilTaken(marks, recoverWithinMs)
  const lastTopic = services.has('screen') ? 'moderation.verdicts' : 'moderation.chat'
  const isOut = (topic: 'moderation.segments' | typeof lastTopic): boolean =>
    recorder.on(topic).some((record) => record.subject === stream)
  await until(() => isOut('moderation.segments') && isOut(lastTopic), {
    what: `the flow goes on after ${name}`,
    withinMs: recoverWithinMs,
    everyMs: 50,
  })
  return Math.round(performance.now() - from)
}

/** What the leads are told of an engine; to be looked for while it is fresh: only the last lines are kept. */
function hearsOf(name: keyof Engines, words: string): Promise<unknown> {
  const subject = `"subject":"${{ kafka: 'event log', s3: 'spool', redis: 'redis', postgres: 'postgres' }[name]}"`
  const isIt = (line: string): boolean => line.includes('"alarm":"engine-away"') && line.includes(subject)
  return until(() => system.services.get('escalate')?.lines.some((line) => isIt(line) && line.includes(words)), {
    what: `${name}: ${words}`,
    withinMs: 40_000,
    everyMs: 50,
  })
}

test.each(enginesOf(engineSet()))(
  '%s away for 20 s: leads are called, and the flow goes on by itself',
  async (name) => {
    await system.explain(async () => {
      await showCards()
      const until20s = pause(awayMs)
      await engines.stop(name)
      await hearsOf(name, 'has not answered since')
      await until20s
      await engines.start(name)
      const recoveredMs = await flowGoesOn(name)
      faults.push({ what: `${name} away for 20 s`, recoveredMs })
      process.stderr.write(`${name}: the flow went on ${recoveredMs} ms after it was back\n`)
      await hearsOf(name, 'an alarm is over')
    })
  },
  180_000,
)

test('the checker finds nothing lost, nothing from nowhere and no effect twice', async () => {
  await system.explain(async () => {
    const rounds = await traffic.stop()
    const sinks = await readSinks(system, recoverWithinMs)
    const report = checkRun({ acknowledged: system.producer.sent, sinks, faults, recoverWithinMs })
    process.stderr.write(`engine restart: ${rounds} rounds, ${JSON.stringify(report.counts)}\n`)
    expect(report.findings.slice(0, 20)).toEqual([])
    // A dependency that is away never fills the dead-letter topic.
    expect(report.counts.rejected).toBe(0)
  })
}, 180_000)

test('every card that was looked at has its signal, and each segment of a card says whether it was', async () => {
  const sent = system.producer.sent.filter(({ kind, subject }) => kind === 'segment' && cards.includes(subject))
  const nameOf = (stream: string, sequence: unknown): string => `${stream} ${String(sequence)}`
  const covered = system.recorder.on('moderation.coverage').filter(({ subject }) => cards.includes(subject))
  const states = new Map(covered.map(({ subject, data }) => [nameOf(subject, data['sequence']), data['state']]))
  const signals = system.recorder.on('moderation.signals').filter(({ data }) => data['label'] === 'TEST_CARD')
  const seen = new Set(
    signals.map(({ subject, data }) => nameOf(subject, (data['evidence'] as Record<string, unknown>)['sequence'])),
  )
  const names = sent.map(({ subject, sequence }) => nameOf(subject, sequence))
  const looked = names.filter((name) => states.get(name) === 'looked')
  process.stderr.write(`engine restart: ${names.length} cards, ${looked.length} looked at, ${seen.size} with signals\n`)
  expect(names.filter((name) => !states.has(name))).toEqual([])
  expect(looked.filter((name) => !seen.has(name))).toEqual([])
  // What waits behind an outage is thinned; most is looked at all the same.
  expect(looked.length).toBeGreaterThan(names.length / 2)
})
