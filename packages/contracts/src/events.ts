import type { z } from 'zod'
import {
  AccountAccepted,
  AckAccepted,
  ChatAccepted,
  SegmentAccepted,
  SegmentMissing,
  SessionAccepted,
  SessionRefused,
  WindowClosed,
} from './canonical-events.js'
import {
  AccountUpdated,
  ChatSent,
  CommandAcknowledged,
  ReportFiled,
  SegmentPublished,
  SessionEnded,
  SessionHeartbeat,
  SessionStarted,
  SessionUpdated,
} from './live-events.js'
import {
  CaseChanged,
  ChatJudged,
  CommandIssued,
  DecisionMade,
  DecisionUndone,
  EvidenceViewed,
  HeldDecided,
  RecordRejected,
  SessionSignal,
  SignalRaised,
  StreamCovered,
  UserChanged,
  ViewersSignal,
} from './moderation-events.js'

/** Every event type once: its schema, and the topic it travels on. */
export const events = {
  'live.session.started': { topic: 'live.sessions', data: SessionStarted },
  'live.session.heartbeat': { topic: 'live.sessions', data: SessionHeartbeat },
  'live.session.updated': { topic: 'live.sessions', data: SessionUpdated },
  'live.session.ended': { topic: 'live.sessions', data: SessionEnded },
  'live.segment.published': { topic: 'live.segments', data: SegmentPublished },
  'live.chat.sent': { topic: 'live.chat', data: ChatSent },
  'live.report.filed': { topic: 'live.reports', data: ReportFiled },
  'live.account.updated': { topic: 'live.accounts', data: AccountUpdated },
  'live.command.acknowledged': { topic: 'live.acks', data: CommandAcknowledged },
  'moderation.session.accepted': { topic: 'moderation.sessions', data: SessionAccepted },
  'moderation.session.refused': { topic: 'moderation.sessions', data: SessionRefused },
  'moderation.segment.accepted': { topic: 'moderation.segments', data: SegmentAccepted },
  'moderation.segment.missing': { topic: 'moderation.segments', data: SegmentMissing },
  'moderation.window.closed': { topic: 'moderation.segments', data: WindowClosed },
  'moderation.chat.accepted': { topic: 'moderation.chat', data: ChatAccepted },
  'moderation.account.accepted': { topic: 'moderation.accounts', data: AccountAccepted },
  'moderation.ack.accepted': { topic: 'moderation.acks', data: AckAccepted },
  'moderation.signal.raised': { topic: 'moderation.signals', data: SignalRaised },
  'moderation.signal.viewers': { topic: 'moderation.signals', data: ViewersSignal },
  'moderation.signal.session': { topic: 'moderation.signals', data: SessionSignal },
  'moderation.stream.covered': { topic: 'moderation.coverage', data: StreamCovered },
  'moderation.chat.judged': { topic: 'moderation.verdicts', data: ChatJudged },
  'moderation.case.opened': { topic: 'moderation.cases', data: CaseChanged },
  'moderation.case.updated': { topic: 'moderation.cases', data: CaseChanged },
  'moderation.case.closed': { topic: 'moderation.cases', data: CaseChanged },
  'moderation.decision.made': { topic: 'moderation.decisions', data: DecisionMade },
  'moderation.decision.undone': { topic: 'moderation.decisions', data: DecisionUndone },
  'moderation.command.issued': { topic: 'moderation.commands', data: CommandIssued },
  'moderation.evidence.viewed': { topic: 'moderation.access', data: EvidenceViewed },
  'moderation.held.decided': { topic: 'moderation.access', data: HeldDecided },
  'moderation.user.changed': { topic: 'moderation.access', data: UserChanged },
  'moderation.record.rejected': { topic: 'moderation.dlq', data: RecordRejected },
} as const

export type EventType = keyof typeof events
export type EventData<Type extends EventType> = z.infer<(typeof events)[Type]['data']>

export function isEventType(type: string): type is EventType {
  return Object.hasOwn(events, type)
}
