import { mark, markAll, meant, nothingSelected, settle, step, type HeldSelection } from './held-selection.js'

const ids = ['a', 'b', 'c', 'd', 'e']
const at = (current: string, ...selected: string[]): HeldSelection => ({
  current,
  anchor: null,
  selected: new Set(selected),
})
const names = ({ selected }: HeldSelection) => [...selected].sort().join('')

describe('settle', () => {
  it('has the first at hand in the beginning, and none of an empty list', () => {
    expect(settle(ids, nothingSelected, []).current).toBe('a')
    expect(settle([], at('a', 'a'), ids)).toEqual({ ...nothingSelected, current: null })
  })

  it('puts the next that stayed in the place of what left, and selects no more what left', () => {
    expect(settle(['a', 'b', 'd', 'e'], at('c', 'c', 'd'), ids)).toEqual(at('d', 'd'))
    expect(settle(['a', 'e'], at('c', 'b', 'c'), ids)).toEqual(at('e'))
    expect(settle(['a', 'b'], at('e', 'e'), ids)).toEqual(at('b'))
    expect(settle(['x', 'y'], at('c'), ids)).toEqual(at('x'))
  })

  it('keeps the message at hand wherever it moves to', () => {
    expect(settle(['new', ...ids], at('c', 'b'), ids)).toEqual(at('c', 'b'))
  })
})

describe('step', () => {
  it('stops at both ends', () => {
    expect(step(ids, at('a'), { by: -1, extend: false }).current).toBe('a')
    expect(step(ids, at('e'), { by: 1, extend: false }).current).toBe('e')
    expect(step([], nothingSelected, { by: 1, extend: false })).toBe(nothingSelected)
  })

  it('selects both ends of a step with shift, and nothing without', () => {
    expect(names(step(ids, at('b'), { by: 1, extend: true }))).toBe('bc')
    expect(names(step(ids, at('b', 'a'), { by: 1, extend: false }))).toBe('a')
  })
})

describe('mark', () => {
  it('selects, and takes out again', () => {
    const once = mark(ids, at('a'), { id: 'c', range: false })
    expect([names(once), once.current]).toEqual(['c', 'c'])
    expect(names(mark(ids, once, { id: 'c', range: false }))).toBe('')
  })

  it.each([
    ['b', 'd', 'bcd'],
    ['d', 'b', 'bcd'],
  ])('selects the range from %s to %s', (from, to, expected) => {
    expect(names(mark(ids, mark(ids, at('a'), { id: from, range: false }), { id: to, range: true }))).toBe(expected)
  })

  it('selects the one when the beginning of the range has left the list, or there was none', () => {
    const gone = settle(['c', 'd'], mark(ids, at('a'), { id: 'a', range: false }), ids)
    expect(names(mark(['c', 'd'], gone, { id: 'd', range: true }))).toBe('d')
  })
})

describe('meant', () => {
  it('is the selection in the order of the list, or else the one at hand', () => {
    expect(meant(ids, at('a', 'e', 'b'))).toEqual(['b', 'e'])
    expect(meant(ids, at('a'))).toEqual(['a'])
    expect(meant([], nothingSelected)).toEqual([])
  })

  it('is everything after all were selected, and one after that was undone', () => {
    const all = markAll(ids, at('b', 'c'))
    expect(meant(ids, all)).toEqual(ids)
    expect(meant(ids, markAll(ids, all))).toEqual(['b'])
  })
})
