import { heldKeyGroups, intentOfHeldKey } from './held-keys.js'
import type { KeyPress } from './key-intent.js'

const press = (key: string, more: Partial<KeyPress> = {}) =>
  intentOfHeldKey({ key, repeat: false, shift: false, modified: false, typing: false, onControl: true, ...more })

describe('intentOfHeldKey', () => {
  it('steps, extends, selects and decides, with the focus on a control too', () => {
    expect(press('j')).toEqual({ do: 'step', by: 1, extend: false })
    expect(press('K', { shift: true })).toEqual({ do: 'step', by: -1, extend: true })
    expect(press('n')).toEqual({ do: 'page', by: 1 })
    expect(press('p')).toEqual({ do: 'page', by: -1 })
    expect(press('x')).toEqual({ do: 'mark', range: false })
    expect(press('X', { shift: true })).toEqual({ do: 'mark', range: true })
    expect(press('a')).toEqual({ do: 'all' })
    expect(press('r')).toEqual({ do: 'decide', decision: 'release' })
    expect(press('b')).toEqual({ do: 'decide', decision: 'block' })
  })

  it('repeats steps, and nothing that selects or decides', () => {
    expect(press('j', { repeat: true })).not.toBeNull()
    for (const key of ['n', 'p', 'x', 'a', 'r', 'b', 'g', '?', 'Escape'])
      expect(press(key, { repeat: true })).toBeNull()
  })

  it('does nothing while somebody types or holds Ctrl', () => {
    for (const key of ['j', 'x', 'a', 'r', 'b']) {
      expect(press(key, { typing: true })).toBeNull()
      expect(press(key, { modified: true })).toBeNull()
    }
  })

  it('shows every key that decides or selects on the key map', () => {
    const shown = heldKeyGroups.flatMap((group) => group.rows.flatMap((row) => row.keys))
    for (const key of ['J', 'K', 'N', 'P', 'X', 'Shift', 'A', 'R', 'B', '?']) expect(shown).toContain(key)
  })
})
