import { invisible } from './fold/invisible.js'

/** The code point that ends at `end`, by the same pairing of surrogates as reading forward; undefined at the start. */
function codePointBefore(text: string, end: number): number | undefined {
  if (end <= 0) return undefined
  const whole = end >= 2 ? text.codePointAt(end - 2) : undefined
  return whole !== undefined && whole > 0xffff ? whole : text.codePointAt(end - 1)
}

export function unitsOf(codePoint: number): number {
  return codePoint > 0xffff ? 2 : 1
}

/** The first visible code point at or after `at`; undefined when there is none. */
export function nextVisible(text: string, at: number): number | undefined {
  let codePoint = text.codePointAt(at)
  for (let next = at; codePoint !== undefined && invisible.has(codePoint); codePoint = text.codePointAt(next)) {
    next += unitsOf(codePoint)
  }
  return codePoint
}

/** The last visible code point before `at`; undefined when there is none. */
export function previousVisible(text: string, at: number): number | undefined {
  let codePoint = codePointBefore(text, at)
  for (let end = at; codePoint !== undefined && invisible.has(codePoint); codePoint = codePointBefore(text, end)) {
    end -= unitsOf(codePoint)
  }
  return codePoint
}
