/**
 * Lines that crawl over the picture to the left or roll up it, as a sampler sees them that looks each 2 s: cut by the edge on some
 * pictures, whole on others, and squeezed by H.264. The same ones for the same seed.
 */
import { execFileSync } from 'node:child_process'
import { createCanvas } from '@napi-rs/canvas'
import { lines } from './text-lines.mjs'
import { inkLine, lengthOf, loadFonts, loadGrounds, random, readRgb } from './text-pictures.mjs'
import { scorePicture } from './text-score.mjs'

const [width, height] = [1280, 720]
const perScroll = 3
const spacing = height / perScroll
const everyMs = 2_000
const pictures = 4
const frameMs = 1_000 / 30
const sizes = [24, 32, 48]
/** In pixels a second. A line that is too long for its speed goes as fast as lets it be whole on one picture at least. */
const speeds = { left: [60, 150, 300], up: [30, 60, 120] }
const styles = ['outline', 'box', 'plain']

/** What stands on each of `count` scrolls of three lines: two of three crawl to the left, each line at its own speed. */
export function planScrolls(count, seed = 1) {
  const fonts = loadFonts()
  const dice = random(seed)
  const pick = (list) => list[Math.floor(dice() * list.length)]
  return Array.from({ length: count }, (_, index) => {
    const direction = index % 3 === 2 ? 'up' : 'left'
    const planned = Array.from({ length: perScroll }, (__, row) => {
      const script = (index + row) % 2 === 0 ? 'zh' : 'en'
      const [text, word] = pick(lines[script])
      return {
        id: `${index}.${row}`,
        script,
        text,
        word,
        direction,
        angle: 0,
        row,
        size: sizes[(row + Math.floor(index / 3)) % sizes.length],
        speed: speeds[direction][(direction === 'up' ? Math.floor(index / 3) : index + row) % 3],
        font: pick(fonts[script]),
        style: pick(styles),
        dark: dice() < 0.3,
        shift: dice(),
      }
    })
    return { lines: planned, moves: index % 2 === 1 }
  })
}

/** Four pictures of a scroll, 2 s apart, each with those of its lines that are whole on it. The film behind them stands still or moves. */
async function drawScroll({ lines: planned, moves }, seed = 1) {
  const grounds = await loadGrounds()
  const first = Math.floor(random(seed)() * grounds.length)
  const context = createCanvas(width, height).getContext('2d')
  // Of the pair the encoder makes a keyframe and one that is told from it: the sampler sees the first where the film stands still.
  const [kept, offsets] = moves ? [1, [-frameMs, 0]] : [0, [0, frameMs]]
  const taken = Array.from({ length: pictures }, (_, at) => {
    const ground = grounds[(first + (moves ? at : 0)) % grounds.length]
    const frames = offsets.map((ms) => drawAt(context, { ground, planned, ms: at * everyMs + ms }))
    return { frames, whole: planned.flatMap((line) => wholeAt(context, line, at * everyMs)) }
  })
  const decoded = squeeze(taken.flatMap(({ frames }) => frames))
  return taken.map(({ whole }, at) => {
    return { width, height, rgb: decoded[at * 2 + kept], lines: whole, streamTimeMs: at * everyMs }
  })
}

function drawAt(context, { ground, planned, ms }) {
  context.drawImage(ground, 0, 0, width, height)
  for (const line of planned) inkLine(context, line, { at: placeOf(context, line, ms), onFilm: true })
  return readRgb(context)
}

/** The middle of a line. It hangs over the edge at first, and is whole after 2 s. */
function placeOf(context, line, ms) {
  const long = lengthOf(context, line) + 2 * rimOf(line)
  const moved = (speedOf(context, line) * ms) / 1_000
  const slot = (line.row + 0.5) * spacing
  const over = Math.min(0.6 * long, 2 * speedOf(context, line)) * (0.3 + 0.6 * line.shift)
  if (line.direction === 'left') return [width - long / 2 + over - moved, slot]
  return [long / 2 + line.shift * (width - long), height - line.row * spacing - moved]
}

function speedOf(context, line) {
  const most = (width - lengthOf(context, line) - 2 * rimOf(line)) / 2.2
  return line.direction === 'left' ? Math.min(line.speed, most) : line.speed
}

/** How far the ground of a box or the outline goes beyond the letters. */
function rimOf({ style, size }) {
  return style === 'box' ? size / 2 : Math.max(2, size / 8) / 2
}

/** The line with the part of the picture that is its own, when no part of it is cut. */
function wholeAt(context, line, ms) {
  const [x, y] = placeOf(context, line, ms)
  const half = lengthOf(context, line) / 2 + rimOf(line)
  const tall = line.size * 0.85
  if (x - half < 0 || x + half > width || y - tall < 0 || y + tall > height) return []
  return [{ ...line, top: y - spacing / 2, bottom: y + spacing / 2 }]
}

/** Through an encoder at what a stream of 720p gets, a keyframe and one that is told from it in turn. */
function squeeze(frames) {
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'rgb24']
  const ffmpeg = (words, input) => execFileSync('ffmpeg', ['-v', 'error', ...words, '-'], { input, maxBuffer: 2 ** 28 })
  const encoder = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '28', '-bf', '0', '-g', '2', '-sc_threshold', '0']
  const source = [...raw, '-s', `${width}x${height}`, '-r', '30', '-i', '-']
  const encoded = ffmpeg(
    [...source, ...encoder, '-pix_fmt', 'yuv420p', '-threads', '1', '-f', 'matroska'],
    Buffer.concat(frames),
  )
  const decoded = ffmpeg(['-threads', '1', '-i', '-', ...raw], encoded)
  const size = width * height * 3
  if (decoded.length !== frames.length * size) throw new Error(`${decoded.length} bytes for ${frames.length} pictures`)
  return frames.map((_, at) => decoded.subarray(at * size, (at + 1) * size))
}

/**
 * Reads scrolls as a stream is read, and gives a score for each picture on which a line is whole; `foundOnce`: whether the word
 * planted in the line was found on one of its pictures, null where none was planted.
 */
export async function readScrolls(read, scrolls) {
  const scores = []
  for (const [index, scroll] of scrolls.entries())
    for (const picture of await drawScroll(scroll, index + 1))
      scores.push(
        ...scorePicture(
          picture,
          await read(picture, { streamKey: `scroll-${index}`, streamTimeMs: picture.streamTimeMs }),
        ),
      )
  return scores.map((score) => {
    const own = scores.filter(({ id }) => id === score.id)
    return { ...score, foundOnce: score.word === null ? null : own.some(({ found }) => found) }
  })
}

/** Character accuracy over all pictures, and recall with each line counted once. */
export function rateScrolls(scores) {
  const sum = (value) => scores.reduce((all, score) => all + value(score), 0)
  const once = new Map(scores.filter(({ word }) => word !== null).map(({ id, foundOnce }) => [id, foundOnce]))
  const found = [...once.values()].filter(Boolean).length
  return {
    lines: new Set(scores.map(({ id }) => id)).size,
    pictures: scores.length,
    accuracy: 1 - sum(({ errors }) => errors) / sum(({ length }) => length),
    withoutSpaces:
      1 - sum(({ inkErrors }) => inkErrors) / sum(({ text }) => Array.from(text.replace(/\s/g, '')).length),
    recall: once.size === 0 ? null : found / once.size,
  }
}

/** Rates of each group: `by` gives its name. */
export function summariseScrolls(scores, by) {
  const groups = new Map()
  for (const score of scores) groups.set(by(score), [...(groups.get(by(score)) ?? []), score])
  return Array.from(groups, ([group, members]) => ({ group, ...rateScrolls(members) }))
}
