/** 12 480 with thin groups, as every exact figure on the page. */
export function formatNumber(value: number): string {
  return value.toLocaleString('en-US').replaceAll(',', ' ')
}

/** 12.5 k, 1.92 M: three figures are enough to compare rows. */
export function formatShort(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`
  if (value >= 1e4) return `${(value / 1e3).toFixed(1)} k`
  if (value >= 1e3) return `${(value / 1e3).toFixed(2)} k`
  return String(value)
}
