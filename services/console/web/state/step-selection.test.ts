import { stepSelection } from './step-selection.js'

const ids = ['a', 'b', 'c']

describe('stepSelection', () => {
  it('goes to the neighbour and stops at the ends', () => {
    expect(stepSelection(ids, { id: 'a', last: 0 }, 1)).toBe('b')
    expect(stepSelection(ids, { id: 'a', last: 0 }, -1)).toBe('a')
    expect(stepSelection(ids, { id: 'c', last: 2 }, 1)).toBe('c')
  })

  it('goes on from where a decided case stood', () => {
    expect(stepSelection(['a', 'c'], { id: 'b', last: 1 }, 1)).toBe('c')
    expect(stepSelection(['a', 'c'], { id: 'b', last: 1 }, -1)).toBe('a')
    expect(stepSelection(['a'], { id: 'b', last: 1 }, 1)).toBe('a')
  })

  it('has nowhere to go in an empty queue', () => {
    expect(stepSelection([], { id: 'b', last: 3 }, 1)).toBeNull()
  })
})
