import { groupBy } from './group-by.js'
import { acceptedIn, deadLettersIn, nameOf, positionOf, verdictsIn } from './read-records.js'
import type { Finding, SegmentRow, SentEvent, Sinks } from './types.js'

/** Nothing stands in a sink that nobody sent, and the bytes are the ones that were sent. */
export function findPhantoms(sent: readonly SentEvent[], sinks: Sinks): Finding[] {
  return [...phantomRecords(sent, sinks), ...phantomSegments(sent, sinks), ...phantomRows(sent, sinks)]
}

function phantomRecords(sent: readonly SentEvent[], sinks: Sinks): Finding[] {
  return [...phantomEvents(sent, sinks), ...phantomLetters(sent, sinks), ...phantomVerdicts(sent, sinks)]
}

function phantomEvents(sent: readonly SentEvent[], sinks: Sinks): Finding[] {
  const names = groupBy(sent, nameOf)
  return acceptedIn(sinks).flatMap(({ record, event }): Finding[] => {
    const about = { kind: 'phantom', sink: record.topic, what: event } as const
    const codes = names.get(event)?.map(({ code }) => code)
    if (codes === undefined) return [{ ...about, detail: 'nobody sent it' }]
    // The same id may have been sent twice on purpose: once soundly, once to be refused.
    if (codes.includes(undefined) || record.data['code'] !== undefined) return []
    return [{ ...about, detail: `accepted in spite of ${codes.join(', ')}` }]
  })
}

function phantomLetters(sent: readonly SentEvent[], sinks: Sinks): Finding[] {
  // A send whose answer was lost has no position, so that its dead letter cannot be told from a phantom.
  if (sent.some((event) => event.ack === 'unknown')) return []
  const positions = new Set(sent.flatMap((event) => event.position ?? []))
  return deadLettersIn(sinks)
    .filter((letter) => !positions.has(positionOf(letter)))
    .map((letter) => ({ kind: 'phantom', sink: letter.topic, what: positionOf(letter), detail: 'nobody sent it' }))
}

function phantomVerdicts(sent: readonly SentEvent[], sinks: Sinks): Finding[] {
  const messages = new Set(sent.map((event) => `${event.subject} ${event.messageId ?? ''}`))
  return verdictsIn(sinks)
    .map((verdict) => ({ sink: verdict.topic, what: `${verdict.subject} ${String(verdict.data['messageId'])}` }))
    .filter(({ what }) => !messages.has(what))
    .map((about) => ({ ...about, kind: 'phantom', detail: 'nobody sent it' }))
}

function phantomSegments(sent: readonly SentEvent[], sinks: Sinks): Finding[] {
  const digests = groupBy(
    sent.filter((event) => event.kind === 'segment'),
    (event) => `${event.subject} ${event.sequence ?? -1}`,
  )
  const check = (sink: string, row: Omit<SegmentRow, 'spoolKey'>): Finding[] => {
    const what = `${row.streamId} ${row.sequence}`
    const candidates = digests.get(what)
    if (candidates === undefined) return [{ kind: 'phantom', sink, what, detail: 'nobody sent it' }]
    if (candidates.some((event) => event.sha256 === row.sha256)) return []
    return [{ kind: 'altered', sink, what, detail: `has ${row.sha256}, which nobody sent` }]
  }
  const canonical = acceptedIn(sinks).flatMap(({ record }) =>
    record.topic === 'moderation.segments' ? check(record.topic, fieldsOf(record.data)) : [],
  )
  return [
    ...canonical,
    ...(sinks.segments ?? []).flatMap((row) => check('stream_segments', row)),
    ...(sinks.stagedSegments ?? []).flatMap((row) => check('staged_segments', row)),
    ...phantomMedia(sent, sinks),
  ]
}

/** Bytes of a spooled segment are the ones that some segment was sent with. */
function phantomMedia(sent: readonly SentEvent[], { objects }: Sinks): Finding[] {
  const digests = new Set(sent.flatMap((event) => event.sha256 ?? []))
  return (objects ?? []).flatMap((object): Finding[] => {
    if (object.store !== 'spool' || !object.key.startsWith('media/')) return []
    return object.versions
      .filter((version) => !digests.has(version.sha256))
      .map((version) => ({ kind: 'phantom', sink: 'spool', what: object.key, detail: `holds ${version.sha256}` }))
  })
}

function fieldsOf(data: Readonly<Record<string, unknown>>): { streamId: string; sequence: number; sha256: string } {
  return { streamId: String(data['streamId']), sequence: Number(data['sequence']), sha256: String(data['sha256']) }
}

function phantomRows(sent: readonly SentEvent[], sinks: Sinks): Finding[] {
  const subjects = new Set(sent.map((event) => event.subject))
  const cases = new Set((sinks.cases ?? []).map((row) => row.caseId))
  const unknown = (sink: string, what: string, streamId: string): Finding[] =>
    subjects.has(streamId) ? [] : [{ kind: 'phantom', sink, what, detail: `of the stream ${streamId}` }]
  const homeless = (sink: string, what: string, caseId: string): Finding[] =>
    sinks.cases === null || cases.has(caseId) ? [] : [{ kind: 'phantom', sink, what, detail: `of the case ${caseId}` }]
  return [
    ...(sinks.cases ?? []).flatMap((row) => unknown('cases', row.caseId, row.streamId)),
    ...(sinks.decisions ?? []).flatMap((row) => homeless('decisions', row.decisionId, row.caseId)),
    ...(sinks.commands ?? []).flatMap((row) => homeless('commands', row.commandId, row.caseId)),
  ]
}
