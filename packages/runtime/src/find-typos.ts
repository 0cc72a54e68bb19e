/** Says which STREAMKEEPER_* variables are unknown and close to a known one. Others may belong to another service. */
export function findTypos(known: readonly string[], names: readonly string[]): readonly string[] {
  const unknown = names.filter((name) => name.startsWith('STREAMKEEPER_') && !known.includes(name))
  return unknown.flatMap((name) => {
    const meant = known.find((candidate) => isClose(name, candidate))
    return meant === undefined ? [] : [`${name} is not known; did you mean ${meant}?`]
  })
}

/** At most two letters inserted, lost or changed, or the same letters with other underscores. */
function isClose(a: string, b: string): boolean {
  if (a.replaceAll('_', '') === b.replaceAll('_', '')) return true
  return Math.abs(a.length - b.length) <= 2 && editDistance(a, b) <= 2
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
