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
const [cells, side, each, wanted, mostSteps] = [14, 224, 3, 0.85, 3_000]

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

async function sureOf(label, grid) {
  const picture = tf.tensor3d(new Uint8Array(expand(grid)), [side, side, 3], 'int32')
  const classes = await model.classify(picture, labels.length)
  picture.dispose()
  return classes.find(({ className }) => className === label).probability
}

async function climb(label, seed) {
  const random = numbersFrom(seed)
  let grid = Buffer.from(Array.from({ length: cells * cells * 3 }, () => Math.floor(random() * 256)))
  let best = await sureOf(label, grid)
  let steps = 0
  for (; best < wanted && steps < mostSteps; steps += 1) {
    const next = Buffer.from(grid)
    const changes = 1 + Math.floor(random() * 30)
    for (let n = 0; n < changes; n += 1) next[Math.floor(random() * next.length)] = Math.floor(random() * 256)
    const sure = await sureOf(label, next)
    if (sure < best) continue
    grid = next
    best = sure
  }
  return { grid, best, steps }
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
