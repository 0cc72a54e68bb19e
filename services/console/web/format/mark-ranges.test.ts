import fc from 'fast-check'
import { markRanges } from './mark-ranges.js'

const marked = (text: string, ...ranges: [number, number][]) =>
  markRanges(
    text,
    ranges.map(([start, end]) => ({ start, end })),
  )
    .filter((part) => part.marked)
    .map((part) => part.text)

describe('markRanges', () => {
  it('marks UTF-16 units of the text as it was sent', () => {
    expect(marked('😀 加Ｖ Ｘ群', [4, 7])).toEqual(['Ｖ Ｘ'])
  })

  it('keeps two matches that touch, and cuts the part that overlaps off the second', () => {
    expect(marked('abcdef', [0, 2], [2, 4])).toEqual(['ab', 'cd'])
    expect(marked('abcdef', [0, 4], [2, 6])).toEqual(['abcd', 'ef'])
  })

  it('gives the text back whatever the ranges are, and marks exactly what a range covers', () => {
    const ranges = fc.array(
      fc.record({ start: fc.nat(40), end: fc.nat(40) }).filter((range) => range.start <= range.end),
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), ranges, (text, found) => {
        const parts = markRanges(text, found)
        expect(parts.map((part) => part.text).join('')).toBe(text)
        const covered = Array.from({ length: text.length }, (_, at) =>
          found.some((range) => range.start <= at && at < range.end),
        )
        expect(parts.flatMap((part) => Array.from({ length: part.text.length }, () => part.marked))).toEqual(covered)
      }),
    )
  })
})
