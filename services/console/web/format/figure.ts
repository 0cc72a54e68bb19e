import type { Language } from '../i18n/languages.js'

const englishUnits = [
  { size: 1e6, name: 'M' },
  { size: 1e3, name: 'k' },
]
const chineseUnits = [
  { size: 1e8, name: '亿' },
  { size: 1e4, name: '万' },
]

/** 12 480 with thin groups, as every exact figure on the page. */
export function formatNumber(value: number): string {
  return value.toLocaleString('en-US').replaceAll(',', ' ')
}

/** Three figures are enough to compare rows: 12.5 k, 1.92 M; in Chinese by ten thousands: 1.25 万. */
export function formatShort(value: number, language: Language): string {
  const units = language === 'zh' ? chineseUnits : englishUnits
  const unit = units.find(({ size }) => value >= size)
  if (unit === undefined) return String(value)
  return `${Number((value / unit.size).toPrecision(3))} ${unit.name}`
}
