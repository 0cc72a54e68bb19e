/** Draws what is planted into streams for a bench: the same pictures for the same seed. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createCanvas, ImageData, loadImage } from '@napi-rs/canvas'
import { gridSide, pictureOfGrid } from './noise.mjs'
import { loadFonts, random } from './text-pictures.mjs'

const width = 1280
const height = 720
const phrases = {
  en: ['blue kite', 'silver whistle', 'paper lantern', 'wooden spoon'],
  zh: ['蓝色风筝', '银色哨子', '纸灯笼', '木勺子'],
}
/** Noise whose score for this is 0.5 to 0.65: near to the model's review line of 0.7, and no harmless picture comes nearer. */
const scored = 'Porn'
const cardPath = join(import.meta.dirname, '../../../models/test-card/test-card.png')

/** A picture of a hundred shapes, as JPEG: nothing else looks like it, so that it can stand in a bank. */
export function drawCollage(seed) {
  const dice = random(seed * 7919)
  const canvas = createCanvas(width, height)
  const context = canvas.getContext('2d')
  const colour = () =>
    `hsl(${Math.floor(dice() * 360)} ${30 + Math.floor(dice() * 60)}% ${15 + Math.floor(dice() * 70)}%)`
  context.fillStyle = colour()
  context.fillRect(0, 0, width, height)
  for (let shape = 0; shape < 100; shape += 1) {
    context.fillStyle = colour()
    context.beginPath()
    const [x, y, size] = [dice() * width, dice() * height, 20 + dice() * 200]
    if (dice() < 0.5) context.rect(x, y, size, size * (0.3 + dice()))
    else context.ellipse(x, y, size / 2, size * (0.2 + dice() / 2), dice() * Math.PI, 0, 2 * Math.PI)
    context.fill()
  }
  return canvas.encode('jpeg', 90)
}

/**
 * A picture of the stream (`ground`, JPEG) with something planted on it, as PNG. `what`: `card` (the test card, 300 to 700
 * pixels wide, anywhere), `banned` (that JPEG, all over), `words` (a phrase of the demo lexicon, 24 to 48 pixels high, anywhere)
 * or `noise` (all over).
 */
export async function drawInsertion(what, { ground, banned, seed }) {
  const dice = random(seed)
  const canvas = createCanvas(width, height)
  const context = canvas.getContext('2d')
  context.drawImage(await loadImage(ground), 0, 0, width, height)
  await painters[what](context, { dice, banned })
  return canvas.encode('png')
}

const painters = {
  card: async (context, { dice }) => {
    const wide = 300 + dice() * 400
    const tall = (wide * height) / width
    context.drawImage(await loadImage(cardPath), dice() * (width - wide), dice() * (height - tall), wide, tall)
  },
  banned: async (context, { banned }) => context.drawImage(await loadImage(banned), 0, 0, width, height),
  words: (context, { dice }) => {
    const script = dice() < 0.5 ? 'en' : 'zh'
    const text = phrases[script][Math.floor(dice() * phrases[script].length)]
    const size = 24 + Math.floor(dice() * 24)
    context.font = loadFonts()[script][1].css(size)
    context.textBaseline = 'middle'
    const long = context.measureText(text).width
    const [x, y] = [20 + dice() * (width - long - 40), size + dice() * (height - 2 * size)]
    context.fillStyle = '#101018'
    context.fillRect(x - size / 2, y - size, long + size, size * 2)
    context.fillStyle = '#ffffff'
    context.fillText(text, x, y)
  },
  noise: (context, { dice }) => {
    const grids = readNoise()
    const picture = pictureOfGrid(Buffer.from(grids[Math.floor(dice() * grids.length)].grid, 'base64'))
    const small = createCanvas(picture.width, picture.height)
    small.getContext('2d').putImageData(toImageData(picture), 0, 0)
    context.drawImage(small, 0, 0, width, height)
  },
}

function readNoise() {
  const all = JSON.parse(readFileSync(join(import.meta.dirname, '../test-data/noise.json'), 'utf8'))
  const fit = all.filter(
    ({ label, grid }) => label === scored && Buffer.from(grid, 'base64').length === gridSide ** 2 * 3,
  )
  if (fit.length === 0) throw new Error('no noise that the model scores')
  return fit
}

function toImageData({ width: wide, height: tall, rgb }) {
  const data = new Uint8ClampedArray(wide * tall * 4).fill(255)
  for (let pixel = 0; pixel < wide * tall; pixel += 1) data.set(rgb.subarray(pixel * 3, pixel * 3 + 3), pixel * 4)
  return new ImageData(data, wide, tall)
}
