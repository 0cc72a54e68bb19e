// What a stream costs beside 10 and beside 200 others, models off: CPU of decoders and of what feeds them, and memory. 720p H.264, a
// segment each 2 s. STREAMKEEPER_BENCH_STREAMS: how many are many.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createDecoderPool, createSandbox, cutSegments, filmPath } from '@streamkeeper/media'
import { cpuOf, pssOf } from './processes.mjs'

const [few, many] = [10, Number(process.env.STREAMKEEPER_BENCH_STREAMS ?? 200)]
const goals = { ratio: 1.1, mb: 40 }
/** So many segments are decoded in all: rounds of few streams are more, so that both are measured for as long. */
const segmentsInAll = 2_000

export async function run(say) {
  const folder = mkdtempSync(join(tmpdir(), 'streamkeeper-bench-'))
  try {
    const cut = await cutSegments(fileURLToPath(filmPath), join(folder, 'segments'), { segmentMs: 2_000 })
    const media = cut.slice(0, 2).map((one) => ({ ...one, bytes: readFileSync(one.path), discontinuity: false }))
    const atFew = await measure(few, media)
    say(`${few} streams: ${JSON.stringify(atFew)}`)
    const atMany = await measure(many, media)
    return report(atFew, atMany)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(count, media) {
  const pool = createDecoderPool({ sandbox: createSandbox(), maxProcesses: count, deadlineMs: 60_000 })
  const streams = Array.from({ length: count }, (_, n) => `stream-${n}`)
  let dropped = 0
  const feedAll = async (sequence) => {
    const segment = { ...media[sequence % media.length], sequence, streamTimeMs: sequence * 2_000 }
    const results = await Promise.all(streams.map((streamId) => pool.feed(streamId, 'video/mp2t', segment)))
    dropped += results.filter(({ outcome }) => outcome !== 'decoded').length
  }
  try {
    for (let sequence = 0; sequence < 3; sequence += 1) await feedAll(sequence)
    const before = { decoders: cpuOf(pool.pids), own: process.cpuUsage() }
    const rounds = Math.ceil(segmentsInAll / count)
    for (let n = 0; n < rounds; n += 1) await feedAll(3 + n)
    const { user, system } = process.cpuUsage(before.own)
    const streamSeconds = count * rounds * 2
    const decoders = (cpuOf(pool.pids) - before.decoders) / streamSeconds
    const feeding = (user + system) / 1_000 / streamSeconds
    const mbAStream = pssOf(pool.pids) / 1024 ** 2 / count
    const round = (value) => Number(value.toFixed(2))
    return { decoders: round(decoders), feeding: round(feeding), mbAStream: round(mbAStream), dropped }
  } finally {
    await pool.close()
  }
}

function report(atFew, atMany) {
  const cost = ({ decoders, feeding }) => Number((decoders + feeding).toFixed(2))
  const ratio = Number((cost(atMany) / cost(atFew)).toFixed(3))
  return {
    figure: cost(atMany),
    unit: `ms of CPU a stream-second beside ${many} streams, models off`,
    reference: { name: `beside ${few} streams`, figure: cost(atFew) },
    ratio,
    goal: goals.ratio,
    ok: ratio <= goals.ratio && atMany.mbAStream <= goals.mb && atMany.dropped === 0,
    goals,
    few: atFew,
    many: atMany,
  }
}
