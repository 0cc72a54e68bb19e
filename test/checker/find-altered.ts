import { canonicalJson } from '@streamkeeper/contracts'
import { groupBy } from './group-by.js'
import type { Finding, SinkRecord, Sinks } from './types.js'

/** Records that lie twice: with the same content but for time stamps they are counted, with other content they are an error. */
export function findAltered({ records }: Sinks): { findings: Finding[]; redelivered: number } {
  const findings: Finding[] = []
  let redelivered = 0
  for (const [what, copies] of groupBy(records, (record) => `${record.topic} ${record.id}`)) {
    if (copies.length === 1) continue
    const contents = new Set(copies.map(contentOf))
    if (contents.size === 1) redelivered += copies.length - 1
    else
      findings.push({
        kind: 'altered',
        sink: copies[0]?.topic ?? '',
        what,
        detail: `${copies.length} records with ${contents.size} contents`,
      })
  }
  return { findings, redelivered }
}

function contentOf({ type, subject, data }: SinkRecord): string {
  return canonicalJson({ type, subject, data: withoutTimeStamps(data) })
}

/** Time stamps are the fields whose name is `at` or ends in `At`. */
function withoutTimeStamps(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTimeStamps)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'at' && !name.endsWith('At'))
      .map(([name, inner]) => [name, withoutTimeStamps(inner)]),
  )
}
