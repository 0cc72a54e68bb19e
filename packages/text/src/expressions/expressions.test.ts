import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import type { TextMatch } from '@streamkeeper/contracts'
import { buildMatcher } from '../matcher.js'
import { parseLexicon } from '../parse-lexicon.js'
import { buildExpressions, type Expressions } from './expressions.js'
import { contactExpressionsUrl, parseExpressions } from './parse-expressions.js'

const header = 'name,expression,category,severity,readings\n'
let contacts: Expressions

beforeAll(async () => {
  const { list, problems } = parseExpressions(await readFile(contactExpressionsUrl, 'utf8'), 'contacts')
  expect(problems).toEqual([])
  contacts = buildExpressions([list])
})

const named = (hits: readonly TextMatch[]): string[] => hits.map(({ entry, matched }) => `${entry}: ${matched}`)

describe('expressions that are shipped', () => {
  test.each([
    ['call 13800138000 now', 'phone.cn: 13800138000'],
    ['tel１３８ 0013 8000', 'phone.cn: １３８ 0013 8000'],
    ['１３８-００１３-８０００', 'phone.cn: １３８-００１３-８０００'],
    ['一三八零零一三八零零零', 'phone.cn: 一三八零零一三八零零零'],
    ['①③⑧⓪⓪①③⑧⓪⓪⓪', 'phone.cn: ①③⑧⓪⓪①③⑧⓪⓪⓪'],
    ['1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣', 'phone.cn: 1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣'],
    ['138oo138ooo', 'phone.cn: 138oo138ooo'],
    ['+86 13800138000', 'phone.cn: +86 13800138000'],
    ['ring +44 20 7946 0958', 'phone.international: +44 20 7946 0958'],
    ['加微信 abc_12345', 'handle.wechat: abc_12345'],
    ['加薇信：abc12345 聊', 'handle.wechat: abc12345'],
    ['V信abc12345', 'handle.wechat: abc12345'],
    ['微*信 a b c 1 2 3 4 5', 'handle.wechat: a b c 1 2 3 4 5'],
    ['微信一三八零零一', 'handle.wechat.number: 一三八零零一'],
    ['QQ: 10001000', 'handle.qq: 10001000'],
    ['扣扣１０００１０００', 'handle.qq: １０００１０００'],
    ['tg @blue_kite', 'handle.telegram: blue_kite'],
    ['飞机 @blue_kite', 'handle.telegram.zh: @blue_kite'],
    ['mail me: a.b@example.org', 'email: a.b@example.org'],
    ['join t.me/joinchat', 'invite: t.me/joinchat'],
    ['https://example.org/a?b=c', 'url: https://example.org/a?b=c'],
    ['go to shop.example.com/x today', 'domain: shop.example.com/x'],
    ['ｅｘａｍｐｌｅ．ｃｏｍ', 'domain: ｅｘａｍｐｌｅ．ｃｏｍ'],
    ['example点com', 'domain.spelled: example点com'],
    ['example (dot) com', 'domain.spelled: example (dot) com'],
  ])('%s', (text, expected) => {
    const hits = contacts.find(text)
    expect(named(hits)).toContain(expected)
    for (const { start, end, matched } of hits) expect(text.slice(start, end)).toBe(matched)
  })

  test.each([
    '我们今天卖了13800件',
    'order 20241380013800012345',
    '2024-11-25 20:00 开播',
    '3.14159265358979',
    '价格 1,380,013.80',
    'wait... come on',
    'e.g. this one',
    'i.e. that',
    'ok.thanks',
    '微信支付可以吗',
    'QQ飞车好玩',
    'vx不是我',
    '坐飞机 ticket is cheap',
    '11111111111111111111',
    '第一三八页',
    'node.js and vue.js',
    '一二三四五六七，上山打老虎',
    'v1.2.3',
    '@anchor 你好',
    '10001000 likes',
  ])('leaves alone: %s', (text) => {
    expect(named(contacts.find(text))).toEqual([])
  })

  test('any text is answered, and each place is the slice that it names', () => {
    const piece = fc.oneof(
      { weight: 3, arbitrary: fc.string({ unit: 'grapheme' }) },
      fc.constantFrom(
        '微信',
        'abc12345',
        '13800138000',
        '１３８',
        'http://',
        'example.com',
        ' ',
        '点',
        '@',
        '一三八',
        '\u200b',
        '\ud800',
      ),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('')
        for (const { start, end, matched } of contacts.find(text)) {
          expect(start).toBeLessThan(end)
          expect(text.slice(start, end)).toBe(matched)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('no text of the greatest length takes longer than the lane has', () => {
    for (const piece of ['1', 'a.', '微信', 'a@', 'http://', '1 3 8 ', 'qq']) {
      const text = piece.repeat(10_000).slice(0, 10_000)
      contacts.find(text)
      const from = performance.now()
      contacts.find(text)
      expect(performance.now() - from).toBeLessThan(250)
    }
  })
})

describe('expression files', () => {
  test('a wrong row is named by line and column, the others load', () => {
    const rows = [
      'good,abc,SPAM,40,written',
      'Bad Name,abc,SPAM,40,written',
      'no-category,abc,,40,written',
      'severe,abc,SPAM,101,written',
      'reading,abc,SPAM,40,aloud',
      'syntax,"a(b",SPAM,40,written',
      'backreference,"(a)\\1",SPAM,40,written',
      'lookahead,a(?=b),SPAM,40,written',
      'empty,a*,SPAM,40,written',
      'good,abcd,SPAM,40,written',
      'few,abc,SPAM',
    ]
    const { list, problems } = parseExpressions(header + rows.join('\n'), 'mine')
    expect(list.entries.map(({ name }) => name)).toEqual(['good'])
    expect(problems.map(({ line, column }) => `${line}:${column}`)).toEqual([
      '3:1',
      '4:3',
      '5:4',
      '6:5',
      '7:2',
      '8:2',
      '9:2',
      '10:2',
      '11:1',
      '12:4',
    ])
  })

  test('a category that is no label is taken, and told by its line', () => {
    const { list, problems, warnings } = parseExpressions(`${header}one,abc,shops,40,written\n`, 'mine')
    expect(problems).toEqual([])
    expect(warnings).toEqual([{ line: 2, column: 3, message: 'category "shops" is no label: it counts as OTHER' }])
    expect(buildExpressions([list]).find('abc')).toMatchObject([{ entry: 'one', category: 'shops' }])
  })

  test('an expression above its budget is refused with its time', () => {
    const slow = `slow,"[a1][^q]{450}[a1][^q]{450}z",SPAM,40,written`
    const { list, problems } = parseExpressions(header + slow, 'mine')
    expect(list.entries).toEqual([])
    expect(problems[0]?.message).toMatch(
      /^expression (takes [\d.]+ ms for 10000 characters, at most 200 are allowed|is not RE2)/,
    )
  })

  test('a wrong header is no list', () => {
    expect(() => parseExpressions('name,regex\n', 'mine')).toThrow('mine: line 1 must be name,expression,category')
  })
})

test('allowed phrases outrank expressions, and allowed expressions outrank words', () => {
  const words = 'word,category,severity,match,variants\nshop.example.com,allow,0,auto,all\nkite,FRAUD,90,auto,all\n'
  const matcher = buildMatcher([parseLexicon(words, 'words').lexicon])
  const own = parseExpressions(`${header}host,kite\\.example\\.org,allow,0,written\n`, 'own').list
  const both = buildExpressions([own])
  const scan = (text: string): string[] => named(matcher.scan(text, [...contacts.find(text), ...both.find(text)]))
  expect(scan('see shop.example.com')).toEqual([])
  expect(scan('see evil.example.com')).toEqual(['domain: evil.example.com'])
  expect(scan('see kite.example.org')).toEqual([])
  expect(scan('kite evil.example.com kite')).toEqual(['kite: kite', 'domain: evil.example.com', 'kite: kite'])
})
