import { readFileSync } from 'node:fs'
import { defaultPolicyUrl, parsePolicy, textFor } from './index.js'

const rule = { textForStreamer: 'Stop.', textsForStreamer: { zh: '停止。', 'zh-hant': '停止。（繁）' } }

test.each([
  [null, 'Stop.'],
  [undefined, 'Stop.'],
  ['', 'Stop.'],
  ['en-GB', 'Stop.'],
  ['zh', '停止。'],
  ['zh-CN', '停止。'],
  ['ZH-Hant', '停止。（繁）'],
  ['constructor', 'Stop.'],
  ['__proto__', 'Stop.'],
])('a streamer of %s is told %s', (language, text) => {
  expect(textFor(rule, language)).toBe(text)
})

test('every rule of the default policy speaks Chinese too', () => {
  const { rules } = parsePolicy(readFileSync(defaultPolicyUrl, 'utf8'), 'default')
  expect(rules.filter((one) => !/\p{Script=Han}/u.test(textFor(one, 'zh-CN')))).toEqual([])
  expect(rules.filter((one) => /\p{Script=Han}/u.test(textFor(one, 'en')))).toEqual([])
})
