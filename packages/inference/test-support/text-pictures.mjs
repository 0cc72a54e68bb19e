/**
 * Draws lines of text on frames of a film and on plain ground, the same ones for the same seed. All fonts come from npm
 * packages, so that a machine without fonts draws the same pictures.
 */
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createCanvas, GlobalFonts, loadImage } from '@napi-rs/canvas'
import { lines } from './text-lines.mjs'

const require = createRequire(import.meta.url)
const width = 1280
const height = 720
const slots = 3
const slotHeight = height / slots
const sizes = [16, 20, 24, 32, 48, 64]
const angles = [0, -10, 5, 0, 10, -5]
const stills = ['film-0-5.jpg', 'film-1-8.jpg', 'film-3-1.jpg', 'film-4-5.jpg']
const styles = ['plain', 'outline', 'box', 'outline']

/** Families for the canvas: a font comes in a hundred files of a few letters each, so a family is a list of them. */
function register(name, file, pattern) {
  const folder = join(dirname(require.resolve(`${name}/package.json`)), 'files')
  const files = readdirSync(folder).filter((entry) => pattern.test(entry))
  if (files.length === 0) throw new Error(`no font files in ${name}`)
  for (const [index, entry] of files.entries()) {
    if (GlobalFonts.registerFromPath(join(folder, entry), `${file}${index}`) === null)
      throw new Error(`no font: ${entry}`)
  }
  return files.map((_, index) => `${file}${index}`).join(',')
}

let fonts
/** Faces by script; each gives the CSS of a font at a size. */
export function loadFonts() {
  fonts ??= registerFonts()
  return fonts
}

function registerFonts() {
  const noto = register('@fontsource-variable/noto-sans-sc', 'noto', /-wght-normal\.woff2$/)
  const xiaowei = register('@fontsource/zcool-xiaowei', 'xiaowei', /-400-normal\.woff2$/)
  const roboto = register('@fontsource/roboto', 'roboto', /^roboto-latin-500-normal\.woff2$/)
  const merriweather = register('@fontsource/merriweather', 'merri', /^merriweather-latin-400-normal\.woff2$/)
  return {
    zh: [
      { name: 'Noto Sans SC', css: (size) => `400 ${size}px ${noto}` },
      { name: 'Noto Sans SC Bold', css: (size) => `800 ${size}px ${noto}` },
      { name: 'ZCOOL XiaoWei', css: (size) => `400 ${size}px ${xiaowei}` },
    ],
    en: [
      { name: 'Roboto', css: (size) => `500 ${size}px ${roboto}` },
      { name: 'Noto Sans', css: (size) => `800 ${size}px ${noto}` },
      { name: 'Merriweather', css: (size) => `400 ${size}px ${merriweather}` },
    ],
  }
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function random(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** What each of `count` lines is, every third in a picture of its own. Sizes, scripts, angles and styles are spread evenly. */
export function planLines(count, seed = 1) {
  loadFonts()
  const dice = random(seed)
  const pick = (list) => list[Math.floor(dice() * list.length)]
  return Array.from({ length: count }, (_, index) => {
    const script = index % 2 === 0 ? 'zh' : 'en'
    const size = sizes[Math.floor(index / 2) % sizes.length]
    const [text, word] = pick(lines[script])
    const angle = angles[Math.floor(index / (2 * sizes.length)) % angles.length]
    return {
      script,
      size,
      text,
      word,
      angle,
      font: pick(fonts[script]),
      style: pick(styles),
      dark: dice() < 0.3,
      shift: dice(),
    }
  })
}

/** Frames of a film, to stand behind text. */
export function loadGrounds() {
  return Promise.all(stills.map((name) => loadImage(join(import.meta.dirname, '../test-data', name))))
}

/** Pictures of three lines each: `{ width, height, rgb, lines }`, a line with `top` and `bottom` of its slot. Every second one is squeezed as a stream is. */
export async function drawPictures(planned, seed = 1) {
  const dice = random(seed + 1)
  const grounds = await loadGrounds()
  const pictures = []
  for (let first = 0; first < planned.length; first += slots) {
    const still = dice() < 0.6 ? grounds[Math.floor(dice() * grounds.length)] : undefined
    const squeezed = (first / slots) % 2 === 1
    pictures.push(await drawPicture(planned.slice(first, first + slots), { still, squeezed }, dice))
  }
  return pictures
}

async function drawPicture(chosen, { still, squeezed }, dice) {
  const canvas = createCanvas(width, height)
  const context = canvas.getContext('2d')
  const shade = Math.floor(dice() * 256)
  context.fillStyle = `rgb(${shade},${Math.floor(dice() * 256)},${255 - shade})`
  context.fillRect(0, 0, width, height)
  if (still !== undefined) context.drawImage(still, 0, 0, width, height)
  for (const [slot, line] of chosen.entries()) drawLine(context, line, (slot + 0.5) * slotHeight, still !== undefined)
  if (squeezed) context.drawImage(await loadImage(await canvas.encode('jpeg', 60)), 0, 0)
  const placed = chosen.map((line, slot) => {
    const top = slot * slotHeight
    return Object.assign({}, line, {
      ground: still === undefined ? 'plain' : 'film',
      squeezed,
      top,
      bottom: top + slotHeight,
    })
  })
  return { width, height, rgb: readRgb(context), lines: placed }
}

function drawLine(context, line, middle, onFilm) {
  const room = Math.max(0, width - lengthOf(context, line) - 60)
  // Fractions of a pixel too, as a line has that scrolls.
  inkLine(context, line, { at: [width / 2 + (line.shift - 0.5) * room, middle], onFilm })
}

/** How wide the text of a line is. */
export function lengthOf(context, { font, size, text }) {
  context.font = font.css(size)
  return context.measureText(text).width
}

/** A line around its middle. Text that nobody could read is no test: on film plain letters get an outline, as every overlay has. */
export function inkLine(context, line, { at, onFilm }) {
  const { size, text, style, dark } = line
  context.save()
  const long = lengthOf(context, line)
  context.textBaseline = 'middle'
  context.textAlign = 'center'
  context.translate(...at)
  context.rotate((line.angle * Math.PI) / 180)
  const [ink, paper] = dark ? ['#202020', '#f4e8c0'] : ['#ffffff', '#1a1a2e']
  if (style === 'box' || (style === 'plain' && !onFilm)) {
    context.fillStyle = paper
    context.fillRect(-long / 2 - size / 2, -size * 0.85, long + size, size * 1.7)
  } else {
    context.strokeStyle = paper
    context.lineWidth = Math.max(2, size / 8)
    context.lineJoin = 'round'
    context.strokeText(text, 0, 0)
  }
  context.fillStyle = ink
  context.fillText(text, 0, 0)
  context.restore()
}

/** The picture on a canvas as bytes of red, green and blue. */
export function readRgb(context) {
  const { data } = context.getImageData(0, 0, width, height)
  const rgb = Buffer.alloc(width * height * 3)
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    rgb[to] = data[from]
    rgb[to + 1] = data[from + 1]
    rgb[to + 2] = data[from + 2]
  }
  return rgb
}

/** A picture with lines in set places, on a ground of one colour: for tests of what changes from picture to picture. */
export function drawOverlay(lines, ground = '#3a6a8a') {
  loadFonts()
  const canvas = createCanvas(width, height)
  const context = canvas.getContext('2d')
  context.fillStyle = ground
  context.fillRect(0, 0, width, height)
  for (const { text, size, middle } of lines) {
    context.font = fonts.zh[1].css(size)
    context.textBaseline = 'middle'
    context.fillStyle = '#101018'
    context.fillRect(middle[0] - size / 2, middle[1] - size, context.measureText(text).width + size, size * 2)
    context.fillStyle = '#ffffff'
    context.fillText(text, middle[0], middle[1])
  }
  return { width, height, rgb: readRgb(context), lines: [] }
}

/** A frame of the film with so many lines on it, of 24 and 32 pixels in turn, for measuring what they cost. */
export async function drawStill(count, { still: index = 0, style = 'outline' } = {}) {
  const still = await loadImage(join(import.meta.dirname, '../test-data', stills[index]))
  const planned = planLines(count)
  const canvas = createCanvas(width, height)
  const context = canvas.getContext('2d')
  context.drawImage(still, 0, 0, width, height)
  for (const [row, line] of planned.entries()) {
    const size = row % 2 === 0 ? 24 : 32
    drawLine(context, { ...line, size, angle: 0, style, dark: false }, 60 + row * 110, true)
  }
  return { width, height, rgb: readRgb(context), lines: [] }
}
