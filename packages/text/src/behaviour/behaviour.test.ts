import fc from 'fast-check'
import { AccountWindows } from './account-windows.js'
import { FloodBreaker } from './flood-breaker.js'
import { distanceOf, gistOf, LikeTexts, simHashOf } from './like-texts.js'

describe('windows of an account', () => {
  const lengths = { sentWithinMs: 5_000, sameWithinMs: 60_000 }

  test('count what was sent up to a message, in time', () => {
    const windows = new AccountWindows(lengths)
    const add = (id: string, key: string, at: number) => windows.add('a', { id, key, at })
    expect(add('1', 'x', 0)).toEqual({ sent: 1, same: 1 })
    expect(add('2', 'x', 4_000)).toEqual({ sent: 2, same: 2 })
    expect(add('3', 'y', 5_001)).toEqual({ sent: 2, same: 1 })
    expect(add('4', 'x', 60_001)).toEqual({ sent: 1, same: 2 })
    expect(windows.add('b', { id: '5', key: 'x', at: 60_001 })).toEqual({ sent: 1, same: 1 })
  })

  test('a message that comes again gets the answer that it got, whatever came since', () => {
    const message = fc.record({ key: fc.constantFrom('x', 'y'), step: fc.integer({ min: 0, max: 2_000 }) })
    fc.assert(
      fc.property(fc.array(message, { maxLength: 30 }), (messages) => {
        const windows = new AccountWindows(lengths)
        let at = 0
        const sent = messages.map(({ key, step }, n) => ({ id: String(n), key, at: (at += step) }))
        const first = sent.map((one) => windows.add('a', one))
        const newest = sent.at(-1)?.at ?? 0
        for (const [n, one] of sent.entries()) {
          // What is older than the window is forgotten by right; its answer may know less then.
          if (newest - one.at > 1_000) continue
          const again = windows.add('a', one)
          expect(again.sent).toBe(first[n]?.sent)
        }
      }),
    )
  })

  test('it holds so many accounts, those that wrote last', () => {
    const windows = new AccountWindows(lengths, 2)
    for (const account of ['a', 'b', 'a', 'c']) windows.add(account, { id: account + Math.random(), key: 'x', at: 0 })
    expect(windows.add('a', { id: 'n', key: 'x', at: 0 }).sent).toBe(3)
    expect(windows.add('b', { id: 'n', key: 'x', at: 0 }).sent).toBe(1)
  })
})

describe('texts that say the same', () => {
  test.each([
    ['join our group now and win great prizes', 'JOIN our group NOW and win great prizes!!! 831'],
    ['join our group now and win great prizes', '🎁🎁 join our group now and win great prizes 🎁🎁'],
    ['快来加入我们的粉丝群领取丰厚大礼', '快来加入我们的粉丝群，领取丰厚大礼～～～ 66'],
    ['快来加入我们的粉丝群领取丰厚大礼', '快来加入我們的粉絲群領取豐厚大禮'],
    ['join our group now and win great prizes', 'join our group now and win greeeat prizes'],
  ])('%s = %s', (one, other) => {
    const texts = new LikeTexts()
    expect(texts.keyOf(gistOf(other))).toBe(texts.keyOf(gistOf(one)))
  })

  test('one letter more or less in a long text is near', () => {
    const line = 'come and see the new blue kite of our shop tonight at eight everyone is welcome'
    const gist = gistOf(line)
    const near = Array.from({ length: gist.length }, (_, at) => gist.slice(0, at) + gist.slice(at + 1))
    const texts = new LikeTexts()
    const key = texts.keyOf(gist)
    const same = near.filter((one) => texts.keyOf(one) === key).length
    // 0.84 when written: what is left over has three or more bytes that no longer agree.
    expect(same / near.length).toBeGreaterThan(0.8)
  })

  test('other lines are other texts', () => {
    const lines = [
      'good evening everyone and welcome',
      'what is this song called please',
      'how much is the blue one over there',
      'greetings from the far north of norway',
      '今天的主播唱得真好听我很喜欢',
      '请问这件衣服有没有大一点的',
      '晚上好大家今天吃了什么好吃的',
      '主播可以再唱一遍刚才那首歌吗',
    ]
    const texts = new LikeTexts()
    expect(new Set(lines.map((line) => texts.keyOf(gistOf(line)))).size).toBe(lines.length)
    const hashes = lines.map((line) => simHashOf(gistOf(line)))
    const distances = hashes.flatMap((one, at) => hashes.slice(at + 1).map((other) => distanceOf(one, other)))
    expect(Math.min(...distances)).toBeGreaterThan(14)
  })

  test('it holds so many texts', () => {
    const texts = new LikeTexts(10)
    const first = texts.keyOf('the very first text of them all')
    for (let n = 0; n < 100; n += 1)
      texts.keyOf(
        Array.from({ length: 20 }, () => String.fromCharCode(97 + ((n * 7 + Math.random() * 26) % 26))).join(''),
      )
    expect(texts.keyOf('the very first text of them all')).toBe(first)
  })
})

describe('the flood breaker', () => {
  const limits = { windowMs: 60_000, atLeast: 20, share: 0.1, holdMs: 600_000 }

  test('an entry that hits a small share, or seldom, goes on', () => {
    const breaker = new FloodBreaker(limits)
    for (let n = 0; n < 1_000; n += 1) expect(breaker.count(n % 20 === 0 ? ['w'] : [], n)).toEqual([])
    const few = new FloodBreaker(limits)
    for (let n = 0; n < 19; n += 1) expect(few.count(['w'], n)).toEqual([])
    expect(few.tripped(20)).toEqual([])
  })

  test('one that hits more than its share is held back for its time, alone', () => {
    const breaker = new FloodBreaker(limits)
    let held: readonly string[] = []
    for (let n = 0; n < 200; n += 1) {
      held = breaker.count(n % 2 === 0 ? ['bad'] : ['good'].slice(0, n % 50 === 1 ? 1 : 0), n)
      if (n === 30) expect(held).toEqual([])
    }
    expect(breaker.tripped(200)).toEqual(['bad'])
    expect(breaker.count(['bad', 'good'], 200)).toEqual(['bad'])
    expect(breaker.tripped(200 + limits.holdMs + 1)).toEqual([])
  })

  test('what lies longer ago than the window does not count', () => {
    const breaker = new FloodBreaker(limits)
    for (let n = 0; n < 15; n += 1) breaker.count(['w'], n)
    for (let n = 0; n < 15; n += 1) expect(breaker.count(['w'], 200_000 + n)).toEqual([])
    for (let n = 0; n < 60; n += 1) breaker.count([], 215_000 + n * 1_000)
    for (let n = 0; n < 4; n += 1) expect(breaker.count(['w'], 300_000)).toEqual([])
  })
})
