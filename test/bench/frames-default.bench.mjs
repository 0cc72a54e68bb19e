// Streams a core with everything on that the shipped policy has (NSFW, codes, banks, text), with its gate and without, for three kinds
// of stream; and what the gate costs: of pictures planted for 2 s, those that the lane sees without the gate and misses with it.
// STREAMKEEPER_BENCH_SHORT=1: a first look, whose figures are none.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeBank, makeClips, plant, segmentMs, streamKinds } from './planted-streams.mjs'
import { cpuWith, createLooks, openDecoder, openScreen } from './screen-steps.mjs'

const short = process.env['STREAMKEEPER_BENCH_SHORT'] === '1'
/** Two of the gate's forced looks. */
const costSeconds = short ? 16 : 120
const planted = short ? 12 : 200
/** Of what is planted, so much has to be seen without a gate; else the bench shows nothing. */
const leastSeen = 0.9
const bankSize = 8

export async function run(say) {
  const folder = mkdtempSync(join(tmpdir(), 'streamkeeper-bench-'))
  let screen
  try {
    say('clips')
    const clips = await makeClips(folder)
    const bank = await makeBank(folder, bankSize)
    screen = await openScreen([bank])
    const costs = {}
    for (const kind of streamKinds) costs[kind] = await measureKind(screen, kind, clips[kind], say)
    const findings = []
    for (const [at, kind] of streamKinds.entries()) {
      const count = Math.floor(planted / streamKinds.length) + (at < planted % streamKinds.length ? 1 : 0)
      say(`${count} pictures planted in ${kind}`)
      const insertions = await plant(clips[kind], { folder, bank, bankSize, count, seed: 1 + at * 1_000 })
      findings.push(...(await lookForPlanted(screen, kind, { clip: clips[kind], insertions })))
    }
    return report(costs, findings)
  } finally {
    await screen?.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** CPU milliseconds a stream-second, with the gate and without. */
async function measureKind(screen, kind, clip, say) {
  const cost = {}
  for (const gated of [true, false]) {
    say(`${kind}, ${gated ? 'with' : 'without'} the gate`)
    cost[gated ? 'gated' : 'open'] = await measureCost(screen, `${kind}-${gated}`, { clip, gated })
  }
  return cost
}

async function measureCost(screen, streamId, { clip, gated }) {
  const look = createLooks(screen, { gated })
  const decoder = openDecoder(streamId)
  const cpu = () => cpuWith([...decoder.pids, ...screen.processes()])
  try {
    const step = async (sequence) => {
      const segment = { ...clip[sequence % clip.length], sequence, streamTimeMs: sequence * segmentMs }
      await look(streamId, segment, await decoder.feed({ ...segment, discontinuity: sequence % clip.length === 0 }))
    }
    const warm = 2
    for (let sequence = 0; sequence < warm; sequence += 1) await step(sequence)
    const before = cpu()
    const count = Math.round((costSeconds * 1_000) / segmentMs)
    for (let sequence = warm; sequence < warm + count; sequence += 1) await step(sequence)
    return (cpu() - before) / ((count * segmentMs) / 1_000)
  } finally {
    await decoder.close()
    screen.eyes.textReader.forget(streamId)
  }
}

/** Two segments of the stream in front of each planted one. Text is read on every picture here: it is the gate that is tried, not the text's own interval. */
async function lookForPlanted(screen, kind, { clip, insertions }) {
  const withGate = createLooks(screen, { gated: true, textEveryMs: 1 })
  const without = createLooks(screen, { gated: false, textEveryMs: 1 })
  const decoder = openDecoder(kind)
  const found = []
  let sequence = 0
  const show = async (segment, what) => {
    const placed = { ...segment, sequence, streamTimeMs: sequence * segmentMs, durationMs: segmentMs }
    sequence += 1
    const decoded = await decoder.feed({ ...placed, discontinuity: true })
    if (decoded.outcome !== 'decoded') throw new Error(`${kind}: ${decoded.reason}, ${decoded.detail}`)
    const [gated, open] = [
      await withGate(`${kind}-gated`, placed, copy(decoded)),
      await without(`${kind}-open`, placed, decoded),
    ]
    return { gated: shows(gated, what), open: shows(open, what), saved: gated.reason === 'gate' }
  }
  try {
    for (const [at, { what, segment }] of insertions.entries()) {
      const [one, two] = [clip[(2 * at) % clip.length], clip[(2 * at + 1) % clip.length]]
      const before = [await show(one, what), await show(two, what)]
      const answer = await show(segment, what)
      // What hits by itself shows nothing of what is planted.
      found.push({
        kind,
        what,
        ...answer,
        clear: before.every(({ open }) => !open),
        savedBefore: before.filter(({ saved }) => saved).length,
      })
    }
    return found
  } finally {
    await decoder.close()
  }
}

/** Who sees what is planted. Film has scores near the model's line by itself, which says nothing of a card or of words in it. */
const lanes = { card: ['code', 'hash'], banned: ['hash'], words: ['picture-text'], noise: ['picture'] }

/** A hit of the kind that was planted. Noise has half of the model's review line: near is enough for it. */
function shows({ signals, near }, what) {
  return signals.some(({ lane }) => lanes[what].includes(lane)) || (what === 'noise' && near)
}

/** Pictures are released when they have been looked at; a second look wants its own. */
function copy(decoded) {
  return { ...decoded, pictures: decoded.pictures.map((picture) => ({ ...picture, rgb: Buffer.from(picture.rgb) })) }
}

function report(costs, findings) {
  const mean = (which) => streamKinds.reduce((all, kind) => all + costs[kind][which], 0) / streamKinds.length
  const streams = (ms) => Number((1_000 / ms).toFixed(1))
  const seen = findings.filter(({ open, clear }) => open && clear)
  const missed = seen.filter(({ gated }) => !gated)
  const count = (list) => tally(list.map(({ kind, what }) => `${kind} ${what}`))
  const byKind = Object.entries(costs).map(([kind, { gated, open }]) => [
    kind,
    { streams: streams(gated), withoutGate: streams(open), gain: Number((open / gated).toFixed(2)) },
  ])
  return {
    figure: streams(mean('gated')),
    unit: 'streams a core, a third each of static picture, talking head and film, all default models, with the gate',
    reference: { name: 'the same without the gate', figure: streams(mean('open')) },
    ratio: Number((mean('open') / mean('gated')).toFixed(2)),
    goal: 1,
    ok: mean('open') >= mean('gated') && missed.length === 0 && seen.length >= findings.length * leastSeen && !short,
    byKind: Object.fromEntries(byKind),
    planted: { count: findings.length, seenWithoutGate: seen.length, missedByGate: missed.length },
    unseen: count(findings.filter((one) => !seen.includes(one))),
    missed: count(missed),
    savedBetween: tally(findings.flatMap(({ kind, savedBefore }) => Array(savedBefore).fill(kind))),
    ...(short ? { short } : {}),
  }
}

function tally(words) {
  const counts = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}
