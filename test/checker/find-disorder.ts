import { groupBy } from './group-by.js'
import { acceptedIn, nameOf, verdictsIn, type Accepted } from './read-records.js'
import type { Finding, SentEvent, Sinks } from './types.js'

/** What was sent in order within a stream (or account) stands in that order on its topic, and in one partition. */
export function findDisorder(sent: readonly SentEvent[], sinks: Sinks): Finding[] {
  const known = sent.filter((event) => event.ack === 'acknowledged')
  const places = new Map(known.map((event, index) => [nameOf(event), index]))
  const messages = new Map(known.map((event, index) => [`${event.subject} ${event.messageId ?? ''}`, index]))
  const accepted = acceptedIn(sinks).map((one) => ({ ...one, place: places.get(one.event) }))
  const verdicts = verdictsIn(sinks).map((record) => {
    const event = `${record.subject} ${String(record.data['messageId'])}`
    return { record, event, place: messages.get(event) }
  })
  return [...groupBy([...accepted, ...verdicts], ({ record }) => `${record.topic} ${record.subject}`)].flatMap(
    ([what, group]) => [...wanderings(what, group), ...reversals(what, group)],
  )
}

interface Placed extends Accepted {
  /** Where it stands among what was sent; open when the send's answer was lost. */
  readonly place: number | undefined
}

function wanderings(what: string, group: readonly Placed[]): Finding[] {
  const partitions = new Set(group.map(({ record }) => record.partition))
  if (partitions.size === 1) return []
  const detail = `lies in the partitions ${[...partitions].join(', ')}`
  return [{ kind: 'disorder', sink: group[0]?.record.topic ?? '', what, detail }]
}

function reversals(what: string, group: readonly Placed[]): Finding[] {
  const findings: Finding[] = []
  let last: { place: number; event: string } | null = null
  const seen = new Set<string>()
  for (const { place, event, record } of group) {
    // What stands there twice is a duplicate, and judged as that.
    if (place === undefined || seen.has(event)) continue
    seen.add(event)
    if (last !== null && place < last.place)
      findings.push({ kind: 'disorder', sink: record.topic, what, detail: `${event} stands after ${last.event}` })
    last = { place, event }
  }
  return findings
}
