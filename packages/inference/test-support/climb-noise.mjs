// Makes test-data/noise.json: grids of colour that nobody would call a picture, climbed until the model sees each of its five
// labels in three of them. Run by hand, once, with the model that stands in models/nsfw: about an hour of a core.
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
const mostSteps = 12_000
const starts = 300

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

/** A rectangle of the grid moves towards a colour. Small ones more often as the climb gets on. */
function change(grid, pick, largest) {
  const next = Uint8Array.from(grid)
  const [width, height] = [1 + pick(largest), 1 + pick(largest)]
  const [left, top] = [pick(gridSide - width + 1), pick(gridSide - height + 1)]
  const colour = [pick(256), pick(256), pick(256)]
  const share = (1 + pick(4)) / 4
  for (let y = top; y < top + height; y += 1)
    for (let x = left; x < left + width; x += 1)
      for (let channel = 0; channel < 3; channel += 1) {
        const at = (y * gridSide + x) * 3 + channel
        next[at] = Math.round(grid[at] * (1 - share) + colour[channel] * share)
      }
  return next
}

/** How far a grid is from being seen as the label: the logarithm of its share beside the next best. */
async function judge(grid, target) {
  const scores = await scoresOf(grid)
  const rival = Math.max(...scores.filter((_, at) => at !== target))
  const worth = Math.log(scores[target] + 1e-12) - Math.log(rival + 1e-12)
  return { grid, worth, isEnough: scores[target] - rival >= enough }
}

/** The best of some grids of large areas: where a climb begins is half of where it ends. */
async function begin(pick, target) {
  let best
  for (let turn = 0; turn < starts; turn += 1) {
    let grid = Uint8Array.from({ length: gridSide * gridSide * 3 }, () => pick(256))
    for (let areas = pick(12); areas > 0; areas -= 1) grid = change(grid, pick, gridSide)
    const one = await judge(grid, target)
    if (best === undefined || one.worth > best.worth) best = one
  }
  return best
}

async function climb(label, seed) {
  const pick = random(seed)
  const target = labels.indexOf(label)
  let best = await begin(pick, target)
  for (let step = 0; step < mostSteps; step += 1) {
    if (best.isEnough) return { grid: best.grid, steps: step }
    const largest = Math.max(2, Math.round(gridSide * (1 - step / mostSteps)))
    const one = await judge(change(best.grid, pick, pick(3) === 0 ? gridSide : largest), target)
    if (one.worth > best.worth && step % 50 === 0)
      process.stderr.write(`${label} ${seed} ${step}: ${one.worth.toFixed(3)}\n`)
    if (one.worth >= best.worth) best = one
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
