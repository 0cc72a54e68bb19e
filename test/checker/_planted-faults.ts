import { runOf } from './_honest-run.js'
import type { Finding, Run, SinkRecord, Sinks } from './types.js'

/** Four messages and two segments of one stream and two messages of another, then a refused one. */
export const sound: Run = runOf(
  (
    [
      { kind: 'chat', stream: 1 },
      { kind: 'chat', stream: 1 },
      { kind: 'segment', stream: 1 },
      { kind: 'chat', stream: 2 },
      { kind: 'segment', stream: 1 },
      { kind: 'chat', stream: 1 },
      { kind: 'chat', stream: 2 },
      { kind: 'chat', stream: 1 },
      { kind: 'bad', stream: 1 },
    ] as const
  ).map((step) => ({ ...step, ack: 'acknowledged', arrived: true, copies: 1 })),
)

/** A changed list of what is there: it fails when there was nothing to change. */
export function changed<T>(items: readonly T[] | null, which: (item: T) => boolean, change: (item: T) => T[]): T[] {
  const list = items ?? []
  const index = list.findIndex(which)
  if (index < 0) throw new Error('nothing to change')
  return list.flatMap((item, at) => (at === index ? change(item) : [item]))
}

export const onTopic =
  (topic: string) =>
  (record: SinkRecord): boolean =>
    record.topic === topic

/** The first chat record again at the end of its partition. */
export function twice(
  records: readonly SinkRecord[],
  change: (data: SinkRecord['data']) => SinkRecord['data'],
): readonly SinkRecord[] {
  const first = records.find(onTopic('moderation.chat'))
  if (first === undefined) throw new Error('no chat record')
  return [...records, { ...first, offset: 1_000, data: change(first.data) }]
}

export const plantedFaults: readonly [string, Finding['kind'], (sinks: Sinks) => Partial<Sinks>][] = [
  ['a lost message', 'lost', (s) => ({ records: changed(s.records, onTopic('moderation.chat'), () => []) })],
  ['a lost verdict', 'lost', (s) => ({ records: changed(s.records, onTopic('moderation.verdicts'), () => []) })],
  ['a lost dead letter', 'lost', (s) => ({ records: changed(s.records, onTopic('moderation.dlq'), () => []) })],
  [
    'a lost segment row',
    'lost',
    (s) => ({
      segments: changed(
        s.segments,
        () => true,
        () => [],
      ),
    }),
  ],
  [
    'a segment that was not staged',
    'lost',
    (s) => ({
      stagedSegments: changed(
        s.stagedSegments,
        () => true,
        () => [],
      ),
    }),
  ],
  [
    'a log batch that was not staged',
    'lost',
    (s) => ({
      stagedBatches: changed(
        s.stagedBatches,
        (b) => b.topic === 'moderation.chat',
        () => [],
      ),
    }),
  ],
  [
    'a lost spool object',
    'lost',
    (s) => ({
      objects: changed(
        s.objects,
        () => true,
        () => [],
      ),
    }),
  ],
  [
    'another code than the right one',
    'lost',
    (s) => ({
      records: changed(s.records, onTopic('moderation.dlq'), (r) => [
        { ...r, data: { ...r.data, code: 'INVALID_JSON' } },
      ]),
    }),
  ],
  [
    'a second version of an object',
    'duplicate',
    (s) => ({
      objects: changed(
        s.objects,
        () => true,
        (o) => [{ ...o, versions: [...o.versions, ...o.versions] }],
      ),
    }),
  ],
  [
    'a second verdict under another id',
    'duplicate',
    (s) => ({
      stagedBatches: null,
      records: changed(s.records, onTopic('moderation.verdicts'), (r) => [r, { ...r, id: 'again', offset: 500 }]),
    }),
  ],
  [
    'a message that was accepted twice',
    'duplicate',
    (s) => ({
      stagedBatches: null,
      records: changed(s.records, onTopic('moderation.chat'), (r) => [r, { ...r, id: 'again', offset: 500 }]),
    }),
  ],
  [
    'a second open case',
    'duplicate',
    (s) => ({
      cases: changed(
        s.cases,
        () => true,
        (c) => [c, { ...c, caseId: 'case-2' }],
      ),
    }),
  ],
  [
    'a command that was ordered twice',
    'duplicate',
    (s) => ({
      commands: changed(
        s.commands,
        () => true,
        (c) => [c, { ...c, commandId: 'command-9', sequence: 9 }],
      ),
    }),
  ],
  [
    'two commands of one number',
    'duplicate',
    (s) => ({
      commands: changed(
        s.commands,
        () => true,
        (c) => [c, { ...c, commandId: 'command-9', action: 'cut-stream' }],
      ),
    }),
  ],
  [
    'log records that were staged twice',
    'duplicate',
    (s) => ({
      stagedBatches: changed(
        s.stagedBatches,
        () => true,
        (b) => [b, { ...b, firstOffset: b.lastOffset }],
      ),
    }),
  ],
  [
    'the same id with other content',
    'altered',
    (s) => ({ stagedBatches: null, records: twice(s.records, (data) => ({ ...data, text: 'forged' })) }),
  ],
  [
    'a segment row with other bytes',
    'altered',
    (s) => ({
      segments: changed(
        s.segments,
        () => true,
        (row) => [{ ...row, sha256: '0'.repeat(64) }],
      ),
    }),
  ],
  [
    'other bytes in the spool',
    'phantom',
    (s) => ({
      objects: changed(
        s.objects,
        () => true,
        (o) => [{ ...o, versions: [{ versionId: 'v', sha256: '0'.repeat(64) }] }],
      ),
    }),
  ],
  [
    'a command without a case',
    'phantom',
    (s) => ({
      commands: changed(
        s.commands,
        () => true,
        (c) => [{ ...c, caseId: 'case-7' }],
      ),
    }),
  ],
  [
    'a case of no stream',
    'phantom',
    (s) => ({
      cases: changed(
        s.cases,
        () => true,
        (c) => [c, { ...c, caseId: 'c', streamId: 'x' }],
      ),
    }),
  ],
  ['records that nobody read', 'stuck', () => ({ lag: { 'streamkeeper-screen-chat': 3 } })],
  ['an outbox that stands', 'stuck', () => ({ unpublished: 1 })],
]
