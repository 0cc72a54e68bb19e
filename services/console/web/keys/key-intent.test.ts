import { intentOfKey, keyGroups, type KeyPress } from './key-intent.js'
import { verdicts } from './verdicts.js'

const press = (key: string, more: Partial<KeyPress> = {}) =>
  intentOfKey({ key, repeat: false, shift: false, modified: false, typing: false, onControl: false, ...more })

describe('intentOfKey', () => {
  it('gives the seven verdicts in their fixed order, the last three heavy', () => {
    expect(verdicts.map(({ key, action, heavy }) => `${key} ${action}${heavy ? ' !' : ''}`)).toEqual([
      '1 no-violation',
      '2 warn-streamer',
      '3 mute-audio',
      '4 blur-picture',
      '5 cut-stream !',
      '6 suspend-account !',
      '7 ban-account !',
    ])
    for (const choice of verdicts) expect(press(choice.key)).toEqual({ do: 'verdict', choice })
  })

  it('does nothing while somebody types or holds Ctrl', () => {
    for (const key of ['5', 'z', 'v', 'Enter', 'j']) {
      expect(press(key, { typing: true })).toBeNull()
      expect(press(key, { modified: true })).toBeNull()
    }
  })

  it('leaves Enter to the button that has the focus', () => {
    expect(press('Enter')).toEqual({ do: 'claim' })
    expect(press('Enter', { onControl: true })).toBeNull()
  })

  it('repeats steps, and nothing that decides, claims or shows', () => {
    expect(press('j', { repeat: true })).toEqual({ do: 'next' })
    expect(press('ArrowLeft', { repeat: true })).toEqual({ do: 'hit-previous' })
    for (const key of ['1', '7', 'v', 'z', 'Enter', '?', 'n', 'r', 'f', 't', 'l'])
      expect(press(key, { repeat: true })).toBeNull()
  })

  it('takes letters in either case, and no key that it does not know', () => {
    expect(press('J')).toEqual({ do: 'next' })
    expect(press('8')).toBeNull()
    expect(press('constructor')).toBeNull()
  })

  it('shows every verdict key on the key map', () => {
    const shown = keyGroups.flatMap((group) => group.rows.flatMap((row) => [...row.keys]))
    for (const { key } of verdicts) expect(shown).toContain(key)
  })
})
