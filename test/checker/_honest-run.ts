import { createHash } from 'node:crypto'
import fc from 'fast-check'
import type { Run, SentEvent, SinkRecord, Sinks } from './types.js'

export interface Step {
  readonly stream: number
  readonly kind: 'chat' | 'segment' | 'bad'
  readonly ack: SentEvent['ack']
  /** Of an unknown send: whether it reached the log. Of all: how often its canonical record lies there. */
  readonly arrived: boolean
  readonly copies: number
}

/** A run as a sound system leaves it: unknown sends that arrived or did not, refused events, records that lie twice. */
export function honestRun(): fc.Arbitrary<Run> {
  const step = fc.record({
    stream: fc.nat(3),
    kind: fc.constantFrom('chat', 'chat', 'segment', 'bad'),
    ack: fc.constantFrom('acknowledged', 'acknowledged', 'acknowledged', 'unknown'),
    arrived: fc.boolean(),
    copies: fc.constantFrom(1, 1, 1, 2),
  }) as fc.Arbitrary<Step>
  return fc.array(step, { minLength: 12, maxLength: 60 }).map(runOf)
}

export function runOf(steps: readonly Step[]): Run {
  const log = new Map<string, number>()
  const next = (topic: string, partition: number): number => {
    const offset = log.get(`${topic}:${partition}`) ?? 0
    log.set(`${topic}:${partition}`, offset + 1)
    return offset
  }
  const sent: SentEvent[] = []
  const sinks = { records: [] as SinkRecord[], segments: [] as NonNullable<Sinks['segments']>[number][] }
  for (const [index, step] of steps.entries()) {
    const event = eventOf(step, index, next)
    sent.push(event)
    if (event.ack === 'unknown' && !step.arrived) continue
    for (const record of recordsOf(event, step, index)) {
      for (let copy = 0; copy < step.copies; copy += 1)
        sinks.records.push({
          ...record,
          partition: step.stream,
          offset: next(record.topic, step.stream),
          data: { ...record.data, receivedAt: `${index}-${copy}` },
        })
    }
    if (step.kind === 'segment') sinks.segments.push(rowOf(event))
  }
  return { acknowledged: sent, faults: [{ what: 'SIGKILL of ingest', recoveredMs: 4_000 }], sinks: sinksOf(sinks) }
}

function eventOf(step: Step, index: number, next: (topic: string, partition: number) => number): SentEvent {
  const kind = step.kind === 'segment' ? 'segment' : 'chat'
  const topic = kind === 'segment' ? 'live.segments' : 'live.chat'
  const isKnown = step.ack === 'acknowledged'
  const arrives = isKnown || step.arrived
  const offset = arrives ? next(topic, step.stream) : -1
  return {
    kind,
    id: `event-${index}`,
    source: '/platform',
    subject: `stream-${step.stream}`,
    ack: step.ack,
    ...(isKnown ? { position: `${topic}:${step.stream}:${offset}` } : {}),
    ...(step.kind === 'bad' ? { code: 'TIME_OUT_OF_RANGE' } : {}),
    ...(kind === 'segment' ? { sequence: index, sha256: digest(index) } : { messageId: `message-${index}` }),
  }
}

function recordsOf(event: SentEvent, step: Step, index: number): Omit<SinkRecord, 'partition' | 'offset'>[] {
  const base = { id: `canonical-${index}`, subject: event.subject }
  const origin = { id: event.id, source: event.source }
  if (event.code !== undefined) {
    const [topic, partition, offset] = (event.position ?? `live.chat:${step.stream}:${900 + index}`).split(':')
    const data = { topic, partition: Number(partition), offset, code: event.code }
    return [{ ...base, topic: 'moderation.dlq', type: 'moderation.record.rejected', data }]
  }
  if (event.kind === 'segment') {
    const data = { streamId: event.subject, sequence: event.sequence, sha256: event.sha256, origin }
    return [{ ...base, topic: 'moderation.segments', type: 'moderation.segment.accepted', data }]
  }
  const data = { streamId: event.subject, messageId: event.messageId, text: `text ${index}`, origin }
  const verdict = { streamId: event.subject, messageId: event.messageId, verdict: 'allow' }
  return [
    { ...base, topic: 'moderation.chat', type: 'moderation.chat.accepted', data },
    { ...base, topic: 'moderation.verdicts', type: 'moderation.chat.judged', data: verdict },
  ]
}

function rowOf(event: SentEvent): NonNullable<Sinks['segments']>[number] {
  const { subject: streamId, sequence = -1, sha256 = '' } = event
  return { streamId, sequence, sha256, spoolKey: `media/${streamId}/${sequence}-${sha256}` }
}

function sinksOf({ records, segments }: Pick<Sinks, 'records'> & { segments: NonNullable<Sinks['segments']> }): Sinks {
  const streamId = segments[0]?.streamId ?? 'stream-0'
  const hasStream = records.some((record) => record.subject === streamId)
  const [caseId, decisionId] = ['case-1', 'decision-1']
  const command = { streamId, caseId, decisionId }
  return {
    records,
    segments,
    stagedSegments: [...segments],
    stagedBatches: batchesOf(records),
    objects: segments.map(({ spoolKey, sha256 }) => ({
      store: 'spool',
      key: spoolKey,
      versions: [{ versionId: 'v1', sha256 }],
    })),
    cases: hasStream ? [{ caseId, streamId, state: 'open' }] : [],
    decisions: hasStream ? [{ decisionId, caseId, streamId }] : [],
    commands: hasStream
      ? [
          { ...command, commandId: 'command-1', sequence: 1, action: 'blur-picture' },
          { ...command, commandId: 'command-2', sequence: 2, action: 'restore' },
        ]
      : [],
    unpublished: 0,
    lag: { 'streamkeeper-ingest': 0 },
    judged: true,
  }
}

/** Three records a batch, as far as they reach. */
function batchesOf(records: readonly SinkRecord[]): NonNullable<Sinks['stagedBatches']> {
  const ends = new Map<string, { topic: string; partition: number; end: number }>()
  for (const { topic, partition, offset } of records) {
    const known = ends.get(`${topic}:${partition}`)?.end ?? 0
    ends.set(`${topic}:${partition}`, { topic, partition, end: Math.max(known, offset + 1) })
  }
  return [...ends.values()].flatMap(({ topic, partition, end }) =>
    Array.from({ length: Math.ceil(end / 3) }, (_, index) => {
      const lastOffset = Math.min(end, index * 3 + 3) - 1
      return { topic, partition, firstOffset: index * 3, lastOffset, records: lastOffset - index * 3 + 1 }
    }),
  )
}

function digest(index: number): string {
  return createHash('sha256').update(String(index)).digest('hex')
}
