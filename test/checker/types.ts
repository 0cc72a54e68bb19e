/** What a producer knows of one event that it sent. */
export interface SentEvent {
  readonly kind: 'session' | 'account' | 'segment' | 'chat' | 'report' | 'ack'
  /** CloudEvents id and source: together they name the event. */
  readonly id: string
  readonly source: string
  /** Stream, or account for kind account. */
  readonly subject: string
  /** `unknown`: the send failed or timed out, so that the event may be there or not, and where is open. */
  readonly ack: 'acknowledged' | 'unknown'
  /** `<topic>:<partition>:<offset>` without the prefix, as the log answered. */
  readonly position?: string
  /** The error code that the dead letter must carry, when the event must be refused. */
  readonly code?: string
  readonly sequence?: number
  readonly messageId?: string
  /** Of a segment's bytes. */
  readonly sha256?: string
}

/** A record of a `moderation.*` topic, in the order in which it lies there. */
export interface SinkRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly id: string
  readonly type: string
  readonly subject: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface SinkObject {
  readonly store: 'spool' | 'archive'
  readonly key: string
  readonly versions: readonly { readonly versionId: string; readonly sha256: string }[]
}

export interface SegmentRow {
  readonly streamId: string
  readonly sequence: number
  readonly sha256: string
  readonly spoolKey: string
}

/** Log records from first to last offset that the archive has staged. */
export interface BatchRow {
  readonly topic: string
  readonly partition: number
  readonly firstOffset: number
  readonly lastOffset: number
  readonly records: number
}

export interface CommandRow {
  readonly commandId: string
  readonly streamId: string
  readonly sequence: number
  readonly caseId: string
  readonly decisionId: string | null
  readonly action: string
}

export interface CaseRow {
  readonly caseId: string
  readonly streamId: string
  readonly state: string
}

export interface DecisionRow {
  readonly decisionId: string
  readonly caseId: string
  readonly streamId: string
}

/** Everything that the sinks hold when the run is over. A sink that the run did not have is null and not judged. */
export interface Sinks {
  readonly records: readonly SinkRecord[]
  readonly objects: readonly SinkObject[] | null
  readonly segments: readonly SegmentRow[] | null
  readonly stagedSegments: readonly SegmentRow[] | null
  readonly stagedBatches: readonly BatchRow[] | null
  readonly cases: readonly CaseRow[] | null
  readonly decisions: readonly DecisionRow[] | null
  readonly commands: readonly CommandRow[] | null
  /** Events that were committed to the outbox and not published. */
  readonly unpublished: number
  /** What the groups have not read, by group. */
  readonly lag: Readonly<Record<string, number>>
  /** Whether the chat lane ran: then every accepted message needs its verdict. */
  readonly judged: boolean
}

export interface Fault {
  readonly what: string
  /** Milliseconds until the flow went on by itself; null when it never did. */
  readonly recoveredMs: number | null
}

export interface Run {
  readonly acknowledged: readonly SentEvent[]
  readonly sinks: Sinks
  readonly faults: readonly Fault[]
  /** Longest recovery that is allowed. Default 60 s. */
  readonly recoverWithinMs?: number
}

export interface Finding {
  /** altered: same id, other content, or other bytes than were sent. */
  readonly kind: 'lost' | 'phantom' | 'duplicate' | 'altered' | 'disorder' | 'stuck'
  readonly sink: string
  /** What it is about: an event, an object key, a stream. */
  readonly what: string
  readonly detail: string
}

export interface Report {
  readonly findings: readonly Finding[]
  readonly counts: {
    readonly acknowledged: number
    readonly unknown: number
    readonly accepted: number
    readonly rejected: number
    /** Records that lie twice with the same id and content, as the contract allows. */
    readonly redelivered: number
  }
}
