import { RecentMessages } from './recent-messages.js'

describe('recent messages', () => {
  it('gives the three before, of the same account and within 15 s', () => {
    const recent = new RecentMessages()
    const said = [0, 1, 2, 3, 4].map((n) => recent.add('a', { text: `m${n}`, at: n * 1_000 }))
    expect(said).toEqual([[], ['m0'], ['m0', 'm1'], ['m0', 'm1', 'm2'], ['m1', 'm2', 'm3']])
    expect(recent.add('b', { text: 'x', at: 4_000 })).toEqual([])
    expect(recent.add('a', { text: 'later', at: 18_500 })).toEqual(['m4'])
    expect(recent.add('a', { text: 'much later', at: 40_000 })).toEqual([])
  })
  it('gives the same for a message that comes again', () => {
    const recent = new RecentMessages()
    const say = (id: string) => recent.add('a', { id, text: id, at: 0 })
    const first = ['m1', 'm2', 'm3'].map(say)
    expect(['m1', 'm2', 'm3'].map(say)).toEqual(first)
    expect(say('m4')).toEqual(['m1', 'm2', 'm3'])
  })
  it('keeps the end of a long message', () => {
    const recent = new RecentMessages()
    recent.add('a', { text: `${'x'.repeat(5_000)}风`, at: 0 })
    expect(recent.add('a', { text: '筝', at: 0 })).toEqual([`${'x'.repeat(399)}风`])
  })
  it('forgets the accounts that were silent longest', () => {
    const recent = new RecentMessages(2)
    for (const account of ['a', 'b', 'a', 'c']) recent.add(account, { text: account, at: 0 })
    expect(recent.add('a', { text: 'again', at: 0 })).toEqual(['a', 'a'])
    expect(recent.add('b', { text: 'again', at: 0 })).toEqual([])
  })
})
