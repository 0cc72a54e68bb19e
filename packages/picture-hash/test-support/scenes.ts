import { Dice } from './dice.js'

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
function paint({ width, rgb }: Scene, at: readonly [x: number, y: number], tint: Colour, strength = 1): void {
  const offset = (at[1] * width + at[0]) * 3
  for (const [channel, value] of tint.entries()) {
    const below = rgb[offset + channel] ?? 0
    rgb[offset + channel] = Math.floor(below + (value - below) * strength)
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
      const [left, top] = [Math.floor(u), Math.floor(v)]
      const [p, q] = [soft(u - left), soft(v - top)]
      const upper = at(left, top) * (1 - p) + at(left + 1, top) * p
      const lower = at(left, top + 1) * (1 - p) + at(left + 1, top + 1) * p
      paint(canvas, [x, y], one)
      paint(canvas, [x, y], other, upper * (1 - q) + lower * q)
    }
  }
}

const soft = (t: number): number => t * t * (3 - 2 * t)

function drawDisc(canvas: Canvas): void {
  const { dice, width, height } = canvas
  const [a, b] = [dice.between(3, width) / 3, dice.between(3, height) / 3]
  const [centreX, centreY, tint] = [dice.below(width), dice.below(height), colour(dice)]
  fill(canvas, { tint, holds: (x, y) => ((x - centreX) / a) ** 2 + ((y - centreY) / b) ** 2 < 1 })
}

function drawBox(canvas: Canvas): void {
  const { dice, width, height } = canvas
  const [left, top] = [dice.below(width), dice.below(height)]
  const [right, bottom] = [left + dice.between(2, width >> 1), top + dice.between(2, height >> 1)]
  // Leaning to a side, as little is quite straight.
  const lean = (dice.below(200) - 100) / 200
  const tint = colour(dice)
  fill(canvas, {
    tint,
    holds: (x, y) => y >= top && y < bottom && x >= left + lean * (y - top) && x < right + lean * (y - top),
  })
}

function drawStripes(canvas: Canvas): void {
  const { dice, width, height } = canvas
  const [stepX, stepY] = [dice.between(-4, 4), dice.between(-4, 4)]
  const size = dice.between(8, 40)
  const [left, top] = [dice.below(width), dice.below(height)]
  const [right, bottom] = [left + (width >> 2), top + (height >> 2)]
  const tint = colour(dice)
  fill(canvas, {
    tint,
    holds: (x, y) =>
      x >= left && x < right && y >= top && y < bottom && Math.abs(x * stepX + y * stepY) % size < size >> 1,
  })
}

function drawWriting(canvas: Canvas): void {
  const { dice, width, height } = canvas
  const size = Math.max(2, Math.floor(height / dice.between(10, 24)))
  const [left, top, tint] = [dice.below(width >> 1), dice.below(height), colour(dice)]
  const strokes = Array.from({ length: dice.between(4, 16) * 9 }, () => dice.below(2) === 0)
  const cell = Math.max(1, Math.floor(size / 3))
  for (const [index, isInk] of strokes.entries()) {
    if (!isInk) continue
    const [letter, part] = [Math.floor(index / 9), index % 9]
    const x = left + letter * cell * 4 + (part % 3) * cell
    const y = top + Math.floor(part / 3) * cell
    fillBox(canvas, { x, y, size: cell, tint })
  }
}

function fillBox(canvas: Canvas, { x, y, size, tint }: { x: number; y: number; size: number; tint: Colour }): void {
  for (let row = y; row < Math.min(y + size, canvas.height); row += 1) {
    for (let column = x; column < Math.min(x + size, canvas.width); column += 1) paint(canvas, [column, row], tint)
  }
}

function fill(canvas: Canvas, shape: { tint: Colour; holds: (x: number, y: number) => boolean }): void {
  const strength = canvas.dice.between(40, 100) / 100
  for (let y = 0; y < canvas.height; y += 1) {
    for (let x = 0; x < canvas.width; x += 1) if (shape.holds(x, y)) paint(canvas, [x, y], shape.tint, strength)
  }
}
