// Makes test-data/noise-LABEL-N.png: 14x14 grids of colour, changed a little again and again for as long as nsfwjs is surer of the
// label, so that each of its five labels is the top one of three tensors. Blobs of colour, nothing that a person would recognise.
// `node packages/inference/scripts/climb-noise.mjs`, about half a minute each.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const require = createRequire(import.meta.url)
const tf = require('@tensorflow/tfjs')
require('@tensorflow/tfjs-backend-wasm').setThreadsCount(1)
const nsfwjs = require('nsfwjs')
await tf.setBackend('wasm')
const model = await nsfwjs.load('MobileNetV2')

const folder = join(import.meta.dirname, '../test-data')
const labels = ['Drawing', 'Hentai', 'Neutral', 'Porn', 'Sexy']
const [cells, side, each, wanted, mostSteps] = [14, 224, 3, 0.7, 3_000]

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function numbersFrom(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** As the tests do it: ffmpeg, bilinear. */
function expand(grid) {
  const size = `${cells}x${cells}`
  const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', size, '-i', '-']
  const output = ['-vf', `scale=${side}:${side}:flags=bilinear`, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-']
  return spawnSync('ffmpeg', ['-v', 'error', ...input, ...output], { input: grid, maxBuffer: 2 ** 24 }).stdout
}

/** Nearly the same without a process: good enough to climb by. */
function expandHere(grid) {
  const small = tf.tensor3d(new Uint8Array(grid), [cells, cells, 3], 'int32')
  return tf.tidy(() => tf.image.resizeBilinear(small.toFloat(), [side, side], false, true).round().toInt())
}

async function sureOf(label, picture) {
  const classes = await model.classify(picture, labels.length)
  picture.dispose()
  return classes.find(({ className }) => className === label).probability
}

/** A few cells get another colour, or a rectangle of them a shade. */
function change(grid, random) {
  const next = Buffer.from(grid)
  const pick = (most) => Math.floor(random() * most)
  const [wide, high] = random() < 0.5 ? [1, 1] : [1 + pick(7), 1 + pick(7)]
  const [left, top] = [pick(cells - wide + 1), pick(cells - high + 1)]
  const shade = [0, 1, 2].map(() => (random() - 0.5) * 160)
  for (let y = top; y < top + high; y += 1)
    for (let x = left; x < left + wide; x += 1)
      for (const [channel, by] of shade.entries()) {
        const at = (y * cells + x) * 3 + channel
        next[at] = Math.max(0, Math.min(255, Math.round(next[at] + by)))
      }
  return next
}

async function climb(label, seed) {
  const random = numbersFrom(seed)
  let grid = Buffer.from(Array.from({ length: cells * cells * 3 }, () => 96 + Math.floor(random() * 64)))
  let best = await sureOf(label, expandHere(grid))
  let steps = 0
  for (; best < wanted && steps < mostSteps; steps += 1) {
    const next = change(grid, random)
    const sure = await sureOf(label, expandHere(next))
    if (sure < best) continue
    grid = next
    best = sure
  }
  const tested = tf.tensor3d(new Uint8Array(expand(grid)), [side, side, 3], 'int32')
  return { grid, best: await sureOf(label, tested), steps }
}

function write(grid, file) {
  const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${cells}x${cells}`, '-i', '-']
  const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-y', ...input, file], { input: grid })
  if (status !== 0) throw new Error(String(stderr))
}

for (const [at, label] of labels.entries())
  for (let n = 1; n <= each; n += 1) {
    const file = join(folder, `noise-${label.toLowerCase()}-${n}.png`)
    if (existsSync(file)) continue
    const { grid, best, steps } = await climb(label, 100 * at + n)
    if (best < 0.5) throw new Error(`${label} ${n}: only ${best} after ${steps} steps`)
    write(grid, file)
    process.stderr.write(`${label} ${n}: ${best.toFixed(3)} after ${steps} steps\n`)
  }
