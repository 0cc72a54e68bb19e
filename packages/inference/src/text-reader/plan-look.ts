import type { Picture } from '../picture.js'
import { boundBox } from './box.js'
import { findChange, unite, type Area, type Cells } from './cells.js'
import type { KnownLine, StreamMemory } from './stream-memory.js'

/**
 * Where to look for lines: in `area`; `kept` lie outside of it and need no look. No area: nothing changed. `known` may
 * still stand where they stood.
 */
export interface Look {
  area: Area | undefined
  kept: readonly KnownLine[]
  known: readonly KnownLine[]
  full: boolean
}

/** After so much stream time everything is looked at again, changed or not. */
export const FULL_LOOK_MS = 60_000
/** Room around what changed, in pixels: the model wants to see what surrounds a line. */
const MARGIN = 32
/** A larger part of the picture than this costs as much as all of it. */
const LARGEST_PART = 0.7

export function planLook(
  picture: Picture,
  cells: Cells | undefined,
  atMs: number,
  memory: StreamMemory | undefined,
): Look {
  const { width, height } = picture
  const whole: Area = { left: 0, top: 0, right: width, bottom: height }
  const nothing: Look = { area: whole, kept: [], known: [], full: true }
  if (cells === undefined || memory?.width !== width || memory.height !== height) return nothing
  const age = atMs - memory.lookedAtMs
  // Time that runs backwards is another stream, or the same one from its start.
  if (age < 0 || age >= FULL_LOOK_MS) return nothing
  const change = findChange(memory.cells, cells)
  if (change === undefined) return { area: undefined, kept: memory.lines, known: [], full: false }
  const area = growOverLines(change, memory.lines, whole)
  if (sizeOf(area) > LARGEST_PART * sizeOf(whole)) return { ...nothing, known: memory.lines }
  const touched = memory.lines.filter((line) => touches(area, areaOf(line, whole)))
  return { area, kept: memory.lines.filter((line) => !touched.includes(line)), known: touched, full: false }
}

/** Grows until no known line lies across its rim, so that none is cut in two. */
function growOverLines(change: Area, lines: readonly KnownLine[], whole: Area): Area {
  let area = widen(change, whole)
  for (;;) {
    const touched = lines.filter((line) => touches(area, areaOf(line, whole)) && !holds(area, areaOf(line, whole)))
    if (touched.length === 0) return area
    const grown = touched.reduce((all, line) => unite(all, areaOf(line, whole)), area)
    area = widen(grown, whole)
  }
}

function widen({ left, top, right, bottom }: Area, whole: Area): Area {
  return {
    left: Math.max(0, left - MARGIN),
    top: Math.max(0, top - MARGIN),
    right: Math.min(whole.right, right + MARGIN),
    bottom: Math.min(whole.bottom, bottom + MARGIN),
  }
}

function sizeOf({ left, top, right, bottom }: Area): number {
  return (right - left) * (bottom - top)
}

/** The upright rectangle around a line, as far as it lies in the picture. */
function areaOf({ box }: KnownLine, whole: Area): Area {
  const [left, top, right, bottom] = boundBox(box)
  return {
    left: Math.max(0, Math.floor(left)),
    top: Math.max(0, Math.floor(top)),
    right: Math.min(whole.right, Math.ceil(right)),
    bottom: Math.min(whole.bottom, Math.ceil(bottom)),
  }
}

function touches(area: Area, other: Area): boolean {
  return other.left < area.right && other.right > area.left && other.top < area.bottom && other.bottom > area.top
}

function holds(area: Area, other: Area): boolean {
  const sides = [other.left >= area.left, other.top >= area.top, other.right <= area.right, other.bottom <= area.bottom]
  return sides.every(Boolean)
}
