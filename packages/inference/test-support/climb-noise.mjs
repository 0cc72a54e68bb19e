// Makes test-data/noise.json: grids of colour that nobody would call a picture, climbed until the model sees each of its five
// labels in three of them. Run by hand, once, with the model that stands in models/nsfw: some minutes of a core a grid.
//   node packages/inference/test-support/climb-noise.mjs
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ort from 'onnxruntime-node'
import { gridSide, pictureOfGrid, side } from './noise.mjs'

const file = join(import.meta.dirname, '../test-data/noise.json')
const model = join(import.meta.dirname, '../../../models/nsfw/nsfw.onnx')
const labels = ['Drawing', 'Hentai', 'Neutral', 'Porn', 'Sexy']
const times = 3
/** Far enough above the next label that no rounding turns it. */
const enough = 0.1
const mostSteps = 200
/** Each step asks this many pairs of grids that differ by so much, and goes about so far; colours are 0 to 255. */
const pairs = 30
const spread = 12
const stride = 3

const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 })

async function scoresOf(grid) {
  const { rgb } = pictureOfGrid(grid)
  const input = new ort.Tensor(
    'float32',
    Float32Array.from(rgb, (value) => value / 255),
    [1, side, side, 3],
  )
  const answer = await session.run({ input })
  return [...answer.scores.data]
}

/** A generator of its own, so that a run can be done again. */
function random(seed) {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** How far a grid is from being seen as the label: the logarithm of its share beside the next best. */
async function judge(grid, target) {
  const scores = await scoresOf(grid)
  const rival = Math.max(...scores.filter((_, at) => at !== target))
  const worth = Math.log(scores[target] + 1e-12) - Math.log(rival + 1e-12)
  return { worth, isEnough: scores[target] - rival >= enough }
}

/** Normally distributed, by Box and Muller. */
function normal(pick) {
  const [one, two] = [(pick(1e9) + 1) / (1e9 + 1), pick(1e9) / 1e9]
  return Math.sqrt(-2 * Math.log(one)) * Math.cos(2 * Math.PI * two)
}

/** Which way is up: the mean of changes to both sides, weighed by what they bring (natural evolution strategy). */
async function slopeAt(place, target, pick) {
  const slope = new Float64Array(place.length)
  for (let pair = 0; pair < pairs; pair += 1) {
    const change = Float64Array.from(place, () => normal(pick))
    const side = (sign) => judge(toBytes(place.map((value, at) => value + sign * spread * change[at])), target)
    const gain = (await side(1)).worth - (await side(-1)).worth
    for (const [at, value] of change.entries()) slope[at] += gain * value
  }
  return slope
}

const toBytes = (place) => Uint8Array.from(place, (value) => Math.min(255, Math.max(0, Math.round(value))))

async function climb(label, seed) {
  const pick = random(seed)
  const target = labels.indexOf(label)
  let place = Float64Array.from({ length: gridSide * gridSide * 3 }, () => pick(256))
  let speed = new Float64Array(place.length)
  for (let step = 0; step < mostSteps; step += 1) {
    const grid = toBytes(place)
    const { worth, isEnough } = await judge(grid, target)
    if (step % 10 === 0) process.stderr.write(`${label} ${seed} ${step}: ${worth.toFixed(3)}\n`)
    if (isEnough) return { grid, steps: step }
    const slope = await slopeAt(place, target, pick)
    const size = Math.sqrt(slope.reduce((sum, value) => sum + value * value, 0) / slope.length) + 1e-12
    speed = speed.map((value, at) => 0.8 * value + (stride * slope[at]) / size)
    place = place.map((value, at) => Math.min(255, Math.max(0, value + speed[at])))
  }
  return null
}

const found = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []
for (let seed = 1; labels.some((label) => found.filter((one) => one.label === label).length < times); seed += 1) {
  for (const label of labels) {
    const own = found.filter((one) => one.label === label)
    if (own.length >= times || own.some((one) => one.seed === seed)) continue
    const climbed = await climb(label, seed)
    process.stderr.write(`${label} ${seed}: ${climbed === null ? 'not reached' : `${climbed.steps} steps`}\n`)
    if (climbed === null) continue
    found.push({ label, seed, grid: Buffer.from(climbed.grid).toString('base64') })
    writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`)
  }
}
