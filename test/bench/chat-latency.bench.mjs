// From a chat message published to its verdict read, at a steady rate on a running system, beside the same number of bare hops
// over the same log. STREAMKEEPER_BENCH_RATE: messages a second (2,000 is the goal's); STREAMKEEPER_BENCH_SECONDS; and
// STREAMKEEPER_BENCH_WARM_SECONDS at the same rate before: broker and services compile what they run often only after some time.
import { randomUUID } from 'node:crypto'
import { encodeEvent } from '@streamkeeper/contracts'
import { random } from './random.mjs'
import { endStream, follow, measureHops, openSystem, percentile, source, startStream } from './running-system.mjs'

const rate = Number(process.env.STREAMKEEPER_BENCH_RATE ?? 2_000)
const seconds = Number(process.env.STREAMKEEPER_BENCH_SECONDS ?? 30)
const warmSeconds = Number(process.env.STREAMKEEPER_BENCH_WARM_SECONDS ?? 60)
const everyMs = 20
const goals = { p50: 20, timesBareP99: 1.5 }
const hops = 3
const heads = ['good evening', '主播好', 'how much is', '哈哈', 'what about']
const nouns =
  'river window paper garden letter bridge summer yellow market basket candle copper desert engine forest guitar harbour island jacket kettle ladder marble needle orange pencil quartz rocket saddle tunnel velvet wagon'.split(
    ' ',
  )
const dice = random(11)
/** Hardly two are alike: rules about repeats and crowds are asked and hold nothing. */
const say4 = () => [dice.pick(heads), ...Array.from({ length: 4 }, () => dice.pick(nouns))].join(' ')

export async function run(say) {
  const system = openSystem()
  try {
    const bare = await measureHops(system, 300)
    const streams = Array.from({ length: 50 }, () => `bench-${randomUUID()}`)
    for (const streamId of streams) await startStream(system, streamId)
    const sentAt = new Map()
    const took = []
    const stop = await follow(system, ['moderation.verdicts'], ({ value }) => {
      const { messageId } = JSON.parse(value.toString()).data
      const from = sentAt.get(messageId)
      if (from === undefined) return
      sentAt.delete(messageId)
      took.push(performance.now() - from)
    })
    await warmUp(system, streams, sentAt)
    const warmed = await sendSteadily(system, streams, { sentAt, say, from: 0, forSeconds: warmSeconds })
    await waitFor(() => sentAt.size === 0, 120_000)
    took.length = 0
    const sent = await sendSteadily(system, streams, { sentAt, say, from: warmed, forSeconds: seconds })
    const began = performance.now()
    await waitFor(() => sentAt.size === 0, 120_000)
    const drainedMs = Math.round(performance.now() - began)
    await stop()
    for (const streamId of streams) await endStream(system, streamId)
    return report({ took, sent, lost: sentAt.size, bare, drainedMs }, system.eventLog)
  } finally {
    await system.log.close()
  }
}

/** Until a verdict of each stream was read: the reader of this bench joins its group for seconds, and streams start once. */
async function warmUp({ log, prefix }, streams, sentAt) {
  const first = streams.map((streamId, n) => message(prefix, streamId, -1 - n))
  for (const { messageId } of first) sentAt.set(messageId, performance.now())
  await log.publish(first.map(({ record }) => record))
  await waitFor(() => sentAt.size === 0, 30_000)
  if (sentAt.size > 0) throw new Error(`${sentAt.size} of ${streams.length} first messages got no verdict in 30 s`)
}

async function sendSteadily({ log, prefix }, streams, { sentAt, say, from: first, forSeconds }) {
  const began = performance.now()
  const publishing = new Set()
  let sent = 0
  while (performance.now() - began < forSeconds * 1_000) {
    const due = Math.floor(((performance.now() - began) / 1_000) * rate) - sent
    if (due > 0) {
      const batch = Array.from({ length: due }, (_, n) =>
        message(prefix, streams[(sent + n) % streams.length], first + sent + n),
      )
      const from = performance.now()
      for (const { messageId } of batch) sentAt.set(messageId, from)
      sent += due
      const one = log.publish(batch.map(({ record }) => record)).finally(() => publishing.delete(one))
      publishing.add(one)
    }
    if (sent % (rate * 10) < due) say(`${sent} sent, ${sentAt.size} on the way`)
    await new Promise((done) => setTimeout(done, everyMs))
  }
  await Promise.all(publishing)
  return sent
}

function message(prefix, streamId, n) {
  const messageId = `m-${n}`
  const data = {
    streamId,
    messageId,
    accountId: `viewer-${Math.abs(n) % 500}`,
    text: say4(),
    kind: 'message',
  }
  const time = new Date()
  const event = { type: 'live.chat.sent', id: `${streamId}-${n}`, source, subject: streamId, time }
  return { messageId, record: encodeEvent(prefix, { ...event, data: { ...data, sentAt: time.toISOString() } }) }
}

async function waitFor(isSo, withinMs) {
  const until = Date.now() + withinMs
  while (!isSo() && Date.now() < until) await new Promise((done) => setTimeout(done, 100))
}

function report({ took, sent, lost, bare, drainedMs }, eventLog) {
  const [p50, p99] = [percentile(took, 50), percentile(took, 99)]
  const floor = { p50: hops * percentile(bare, 50), p99: hops * percentile(bare, 99) }
  return {
    figure: p50,
    unit: 'ms from message published to verdict read, p50',
    reference: { name: `${hops} bare hops over the same log, one record at a time, p50 ms`, figure: floor.p50 },
    ratio: Number((p50 / floor.p50).toFixed(2)),
    goal: goals.p50,
    ok: p50 <= goals.p50 && p99 <= goals.timesBareP99 * floor.p99 && lost === 0,
    eventLog,
    rate,
    seconds,
    sent,
    lost,
    warmSeconds,
    drainedMs,
    p99,
    bareP99: Number(floor.p99.toFixed(1)),
  }
}
