import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { engineSet, until, type Engines } from '@streamkeeper/testkit'
import { checkRun } from '../checker/check-run.js'
import type { Fault } from '../checker/types.js'
import { allServices } from '../harness/all-services.js'
import { enginesOf, startPrivateEngines, type PrivateEngines } from '../harness/private-engines.js'
import { readSinks } from '../harness/read-sinks.js'
import { startSystem, type System } from '../harness/start-system.js'

const awayMs = 20_000
const recoverWithinMs = 60_000
const streams = Array.from({ length: 8 }, (_, n) => `restart-${n}`)

let engines: PrivateEngines
let system: System
let traffic: { stop(): Promise<number> }
const faults: Fault[] = []

beforeAll(async () => {
  engines = await startPrivateEngines(engineSet())
  system = await startSystem({ services: allServices(), engines: engines.engines })
  const { events, producer } = system
  const start = [events.account('streamer'), ...streams.map((stream) => events.started(stream, 'streamer'))]
  await producer.sendUntilTaken(start, recoverWithinMs)
  traffic = startTraffic()
}, 180_000)

afterAll(async () => {
  await traffic.stop()
  await system.stop()
  await engines.dispose()
}, 120_000)

/** Four rounds a second, a message in every stream and now and then a segment; a round is sent until it is taken. */
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
      await producer.sendUntilTaken(rounds % 4 === 0 ? [...chat, segment] : chat, awayMs + recoverWithinMs)
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
