import { formatNumber, formatShort } from './figure.js'

it.each([
  [999, '999', '999'],
  [1_234, '1.23 k', '1234'],
  [12_480, '12.5 k', '1.25 万'],
  [1_921_000, '1.92 M', '192 万'],
  [345_000_000, '345 M', '3.45 亿'],
])('%d is short in both languages', (value, english, chinese) => {
  expect(formatShort(value, 'en')).toBe(english)
  expect(formatShort(value, 'zh')).toBe(chinese)
})

it('groups an exact figure by thin spaces', () => {
  expect(formatNumber(12_480)).toBe('12 480')
})
