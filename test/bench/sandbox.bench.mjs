// What the walls cost: CPU of one live decoder with and without the sandbox, in the same run, turn about. 720p H.264, a segment each
// 2 s. Counted are the decoder and its walls, from the first segment on, and apart from it what it takes to start both.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createLiveDecoder, createSandbox, cutSegments, filmPath } from '@streamkeeper/media'
import { cpuOf } from './processes.mjs'

const goal = 1.05
/** So many turns for each; STREAMKEEPER_BENCH_ROUNDS changes it. */
const rounds = Number(process.env.STREAMKEEPER_BENCH_ROUNDS ?? 12)
const segmentsARound = 100

export async function run(say) {
  const folder = mkdtempSync(join(tmpdir(), 'streamkeeper-bench-'))
  const kinds = {
    with: createSandbox(),
    without: createSandbox({ unsandboxed: 'i-accept-the-risk' }),
  }
  try {
    const cut = await cutSegments(fileURLToPath(filmPath), join(folder, 'segments'), { segmentMs: 2_000 })
    const media = cut.slice(0, 2).map((one) => ({ ...one, bytes: readFileSync(one.path), discontinuity: false }))
    const all = { with: [], without: [] }
    for (let round = 0; round < rounds; round += 1) {
      // Turn about, so that what else the machine does falls on both.
      const order = round % 2 === 0 ? ['with', 'without'] : ['without', 'with']
      for (const kind of order) all[kind].push(await measure(kinds[kind], media))
      say(`round ${round + 1} of ${rounds}: ${all.with.at(-1).live} and ${all.without.at(-1).live} ms`)
    }
    return report(all)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** CPU milliseconds: to start and to decode the first segment, and of all further ones. */
async function measure(sandbox, media) {
  const decoder = createLiveDecoder({ streamId: 'bench', mediaType: 'video/mp2t', sandbox })
  const feed = async (sequence) => {
    const segment = { ...media[sequence % media.length], sequence, streamTimeMs: sequence * 2_000 }
    const result = await decoder.feed(segment)
    if (result.outcome !== 'decoded') throw new Error(result.detail)
  }
  try {
    await feed(0)
    const start = cpuOf(decoder.pids)
    for (let sequence = 1; sequence <= segmentsARound; sequence += 1) await feed(sequence)
    return { start, live: cpuOf(decoder.pids) - start }
  } finally {
    await decoder.close()
  }
}

/** The middle one, which a neighbour's burst does not move. */
function median(values) {
  const sorted = values.toSorted((one, other) => one - other)
  const half = sorted.length / 2
  return ((sorted[Math.floor(half)] ?? 0) + (sorted[Math.ceil(half) - 1] ?? 0)) / 2
}

function report({ with: walled, without: bare }) {
  const live = (all) => median(all.map(({ live: cpu }) => cpu))
  const start = (all) => median(all.map((one) => one.start))
  const perSecond = (cpu) => Number((cpu / (segmentsARound * 2)).toFixed(2))
  const ratio = Number((live(walled) / live(bare)).toFixed(3))
  return {
    figure: perSecond(live(walled)),
    unit: 'ms of CPU a stream-second in the sandbox, one decoder, 720p H.264, models off',
    reference: { name: 'the same decoder without a sandbox', figure: perSecond(live(bare)) },
    ratio,
    goal,
    ok: ratio <= goal,
    startMs: { sandbox: start(walled), bare: start(bare) },
    rounds,
  }
}
