// A test card comes on air in a running system, again and again: how long until its signal and until the command to the platform.
import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeInlineSegment } from '@streamkeeper/contracts'
import { testCardPath } from '@streamkeeper/inference'
import { createLiveDecoder, createSandbox, cutSegments, encodeStillClip } from '@streamkeeper/media'
import { endStream, follow, measureHops, openSystem, percentile, source, startStream } from './running-system.mjs'

/**
 * Drills of a system: `tookMs` of each from the segment's publishing to the first record on that topic, one bare hop over the same log,
 * and the decode of that segment by itself.
 */
export async function runDrills(topic, rounds, say) {
  const system = openSystem()
  const folder = mkdtempSync(join(tmpdir(), 'streamkeeper-bench-'))
  try {
    await encodeStillClip(testCardPath, 4, join(folder, 'card.mp4'))
    const [segment] = await cutSegments(join(folder, 'card.mp4'), join(folder, 'segments'), { segmentMs: 2_000 })
    const hopMs = percentile(await measureHops(system, rounds + 1), 95)
    const decodeMs = percentile(await measureDecode(segment, rounds), 95)
    const waiting = new Map()
    const stop = await follow(system, [topic, 'moderation.verdicts'], ({ topic: from, key, value }) => {
      // What opens and ends a session is on the topic of signals too, of another type.
      if (from.endsWith('signals') && !value.includes('moderation.signal.raised')) return
      waiting.get(`${from.slice(system.prefix.length)} ${key}`)?.(performance.now())
    })
    const tookMs = []
    for (let n = 0; n < rounds; n += 1) {
      tookMs.push(await drill(system, segment, { waiting, topic }))
      if (n % 10 === 9) say(`${n + 1} of ${rounds}`)
    }
    await stop()
    return { tookMs, hopMs, decodeMs, eventLog: system.eventLog }
  } finally {
    await system.log.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A decoder that starts with the segment, as it does at a stream's first one. */
async function measureDecode({ path, ...segment }, rounds) {
  const bytes = readFileSync(path)
  const took = []
  for (let n = 0; n < rounds; n += 1) {
    const decoder = createLiveDecoder({ streamId: 'bench', mediaType: 'video/mp2t', sandbox: createSandbox() })
    const from = performance.now()
    await decoder.feed({ ...segment, bytes, discontinuity: false })
    took.push(performance.now() - from)
    await decoder.close()
  }
  return took
}

function first(waiting, name) {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`no ${name} within 60 s`)), 60_000)
    waiting.set(name, (at) => (clearTimeout(timer), done(at)))
  })
}

/** One stream shows the test card. */
async function drill(system, { path, mediaType, durationMs }, { waiting, topic }) {
  const streamId = `bench-${randomUUID()}`
  await startStream(system, streamId)
  // Once its chat is judged the stream is known everywhere: what follows is the way of the segment alone.
  const verdict = first(waiting, `moderation.verdicts ${streamId}`)
  const chat = { streamId, messageId: 'm', accountId: 'a', text: 'hello', kind: 'message' }
  await system.send('live.chat.sent', streamId, { ...chat, sentAt: new Date().toISOString() })
  await verdict
  const bytes = readFileSync(path)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const data = { streamId, sequence: 0, streamTimeMs: 0, durationMs, mediaType, sha256 }
  const about = { id: `segment-${streamId}`, source, subject: streamId, time: new Date(), data }
  const arrival = first(waiting, `${topic} ${streamId}`)
  const from = performance.now()
  await system.log.publish([encodeInlineSegment(system.prefix, about, bytes)])
  const tookMs = (await arrival) - from
  await endStream(system, streamId)
  return tookMs
}

/** The result of a bench: p95, held to the decode of the segment and so much more. */
export function reportDrills({ tookMs, hopMs, decodeMs, eventLog }, { unit, hops, beyondMs }) {
  const [p50, figure] = [percentile(tookMs, 50), percentile(tookMs, 95)]
  const floor = Number((hops * hopMs + decodeMs).toFixed(1))
  const goal = Number((decodeMs + beyondMs).toFixed(1))
  return {
    figure,
    unit,
    reference: { name: `decode of the segment and ${hops} bare hops over the same log, p95 ms each`, figure: floor },
    ratio: Number((figure / floor).toFixed(2)),
    goal,
    ok: figure <= goal,
    eventLog,
    rounds: tookMs.length,
    p50,
    decodeMs,
    hopMs,
  }
}
