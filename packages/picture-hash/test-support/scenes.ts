import { Dice } from './dice.js'

/** Taken out of `Math` once: in tests a look at what is global is slow. */
const { abs, floor } = Math

export interface Scene {
  readonly width: number
  readonly height: number
  readonly rgb: Uint8Array
}

type Colour = readonly [number, number, number]

/**
 * A picture of a number: a sky of soft clouds, then 6 to 24 discs, boxes and stripes over one another, and some rows of
 * writing. The same bytes everywhere: nothing but sums, products and quotients goes in.
 */
export function drawScene(seed: number, width: number, height: number): Scene {
  const dice = new Dice(seed)
  const scene = { width, height, rgb: new Uint8Array(width * height * 3) }
  const canvas = { ...scene, dice }
  drawClouds(canvas)
  const shapes = [drawDisc, drawBox, drawStripes]
  for (let count = dice.between(6, 24); count > 0; count -= 1) shapes[dice.below(shapes.length)]?.(canvas)
  for (let count = dice.below(4); count > 0; count -= 1) drawWriting(canvas)
  return scene
}

interface Canvas extends Scene {
  readonly dice: Dice
}

const colour = (dice: Dice): Colour => [dice.below(256), dice.below(256), dice.below(256)]

/** `strength` from 0 to 1: how much of what lies below is covered. */
function paint({ rgb }: Scene, pixel: number, tint: Colour, strength: number): void {
  for (let channel = 0; channel < 3; channel += 1) {
    const below = rgb[pixel * 3 + channel] ?? 0
    rgb[pixel * 3 + channel] = floor(below + ((tint[channel] ?? 0) - below) * strength)
  }
}

function drawClouds(canvas: Canvas): void {
  const { dice, width, height } = canvas
  const cells = dice.between(2, 7)
  const [one, other] = [colour(dice), colour(dice)]
  const grid = Array.from({ length: (cells + 2) ** 2 }, () => dice.below(1000) / 1000)
  const at = (x: number, y: number): number => grid[y * (cells + 2) + x] ?? 0
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [u, v] = [(x * cells) / width, (y * cells) / height]
      const [left, top] = [floor(u), floor(v)]
      const [p, q] = [soft(u - left), soft(v - top)]
      const upper = at(left, top) * (1 - p) + at(left + 1, top) * p
      const lower = at(left, top + 1) * (1 - p) + at(left + 1, top + 1) * p
      paint(canvas, y * width + x, one, 1)
      paint(canvas, y * width + x, other, upper * (1 - q) + lower * q)
    }
  }
}

const soft = (t: number): number => t * t * (3 - 2 * t)

function drawDisc(canvas: Canvas): void {
  const { dice, width, height } = canvas
  const [a, b] = [dice.between(3, width) / 3, dice.between(3, height) / 3]
  const [x0, y0] = [dice.below(width), dice.below(height)]
  const within = { left: x0 - a, right: x0 + a, top: y0 - b, bottom: y0 + b }
  fill(canvas, within, (x, y) => ((x - x0) / a) ** 2 + ((y - y0) / b) ** 2 < 1)
}

function drawBox(canvas: Canvas): void {
  const { dice, width, height } = canvas
  const [left, top] = [dice.below(width), dice.below(height)]
  const [right, bottom] = [left + dice.between(2, width >> 1), top + dice.between(2, height >> 1)]
  // Leaning to a side, as little is quite straight.
  const lean = (dice.below(200) - 100) / 200
  fill(canvas, { left: 0, right: width, top, bottom }, (x, y) => {
    const shift = lean * (y - top)
    return x >= left + shift && x < right + shift
  })
}

function drawStripes(canvas: Canvas): void {
  const { dice, width, height } = canvas
  const [stepX, stepY] = [dice.between(-4, 4), dice.between(-4, 4)]
  const size = dice.between(8, 40)
  const [left, top] = [dice.below(width), dice.below(height)]
  const within = { left, right: left + (width >> 2), top, bottom: top + (height >> 2) }
  fill(canvas, within, (x, y) => abs(x * stepX + y * stepY) % size < size >> 1)
}

function drawWriting(canvas: Canvas): void {
  const { dice, width, height } = canvas
  const cell = Math.max(1, floor(height / dice.between(30, 72)))
  const [left, top, tint] = [dice.below(width >> 1), dice.below(height), colour(dice)]
  for (let letter = dice.between(4, 16); letter > 0; letter -= 1) {
    for (let part = 0; part < 9; part += 1) {
      const [x, y] = [left + letter * cell * 4 + (part % 3) * cell, top + floor(part / 3) * cell]
      if (dice.below(2) === 0) draw(canvas, { box: { left: x, right: x + cell, top: y, bottom: y + cell }, tint })
    }
  }
}

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}
type Shape = (x: number, y: number) => boolean

function fill(canvas: Canvas, box: Box, shape: Shape): void {
  const { dice } = canvas
  draw(canvas, { box, tint: colour(dice), strength: dice.between(40, 100) / 100, shape })
}

interface Stroke {
  readonly box: Box
  readonly tint: Colour
  readonly strength?: number
  readonly shape?: Shape
}

function draw(canvas: Canvas, { box, tint, strength = 1, shape = () => true }: Stroke): void {
  const { width, height } = canvas
  for (let y = Math.max(0, Math.ceil(box.top)); y < Math.min(height, box.bottom); y += 1) {
    for (let x = Math.max(0, Math.ceil(box.left)); x < Math.min(width, box.right); x += 1) {
      if (shape(x, y)) paint(canvas, y * width + x, tint, strength)
    }
  }
}
