// From a segment published to its signal and to the command, on a running system: what a platform waits for when a test card
// comes on air. Beside it: what four bare hops over the same log take, which is how many the way has.
import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeInlineSegment } from '@streamkeeper/contracts'
import { testCardPath } from '@streamkeeper/inference'
import { cutSegments, encodeStillClip } from '@streamkeeper/media'
import { endStream, follow, measureHops, openSystem, percentile, source, startStream } from './running-system.mjs'

const rounds = Number(process.env.STREAMKEEPER_BENCH_ROUNDS ?? 30)
const goal = 1_000
const hops = 4

export async function run(say) {
  const system = openSystem()
  const folder = mkdtempSync(join(tmpdir(), 'streamkeeper-bench-'))
  try {
    await encodeStillClip(testCardPath, 4, join(folder, 'card.mp4'))
    const [segment] = await cutSegments(join(folder, 'card.mp4'), folder, { segmentMs: 2_000 })
    const bare = await measureHops(system, rounds + 1)
    const waiting = new Map()
    const topics = ['moderation.signals', 'moderation.commands', 'moderation.verdicts']
    const stop = await follow(system, topics, ({ topic, key, value }) => {
      // What opens and ends a session is a signal too, of another type.
      if (topic.endsWith('signals') && !value.includes('moderation.signal.raised')) return
      waiting.get(`${topic.split('.').at(-1)} ${key}`)?.(performance.now())
    })
    const took = { signal: [], command: [] }
    for (let n = 0; n < rounds; n += 1) {
      const { signal, command } = await drill(system, segment, waiting)
      took.signal.push(signal)
      took.command.push(command)
      if (n % 10 === 9) say(`${n + 1} of ${rounds}`)
    }
    await stop()
    return report(took, bare, system.eventLog)
  } finally {
    await system.log.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function first(waiting, name) {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`no ${name} within 60 s`)), 60_000)
    waiting.set(name, (at) => (clearTimeout(timer), done(at)))
  })
}

/** One stream shows the test card. */
async function drill(system, { path, mediaType, durationMs }, waiting) {
  const streamId = `bench-${randomUUID()}`
  await startStream(system, streamId)
  // Once its chat is judged the stream is known everywhere: what follows is the way of the segment alone.
  const verdict = first(waiting, `verdicts ${streamId}`)
  const chat = { streamId, messageId: 'm', accountId: 'a', text: 'hello', kind: 'message' }
  await system.send('live.chat.sent', streamId, { ...chat, sentAt: new Date().toISOString() })
  await verdict
  const bytes = readFileSync(path)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const data = { streamId, sequence: 0, streamTimeMs: 0, durationMs, mediaType, sha256 }
  const about = { id: `segment-${streamId}`, source, subject: streamId, time: new Date(), data }
  const [signal, command] = ['signals', 'commands'].map((topic) => first(waiting, `${topic} ${streamId}`))
  const from = performance.now()
  await system.log.publish([encodeInlineSegment(system.prefix, about, bytes)])
  const [signalAt, commandAt] = await Promise.all([signal, command])
  await endStream(system, streamId)
  return { signal: signalAt - from, command: commandAt - from }
}

function report({ signal, command }, bare, eventLog) {
  const spread = (values) => ({ p50: percentile(values, 50), p95: percentile(values, 95) })
  const [figure, floor] = [percentile(command, 95), hops * percentile(bare, 95)]
  return {
    figure,
    unit: 'ms from segment published to command published, p95',
    reference: { name: `${hops} bare hops over the same log, p95 ms`, figure: Number(floor.toFixed(1)) },
    ratio: Number((figure / floor).toFixed(2)),
    goal,
    ok: figure <= goal,
    eventLog,
    rounds,
    signalMs: spread(signal),
    commandMs: spread(command),
  }
}
