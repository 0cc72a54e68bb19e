import type { DecodedEvent, EncodedRecord } from '@streamkeeper/contracts'
import {
  createPipeline,
  InOrder,
  type LogRecord,
  type PipelineOptions,
  type ProcessContext,
  type Settled,
} from '@streamkeeper/pipeline'
import { isOfType, type EventOfType, type Incoming } from './accepted.js'
import type { Deps } from './deps.js'
import { createPendingMarks } from './pending-marks.js'
import { createAcceptAccountStep } from './steps/accept-account.js'
import { createAcceptAckStep } from './steps/accept-ack.js'
import { createAcceptChatStep, type ChatLine } from './steps/accept-chat.js'
import { createAcceptReportStep } from './steps/accept-report.js'
import { createAcceptSegmentStep, createCheckSequenceStep } from './steps/accept-segment.js'
import {
  createAcceptChangeStep,
  createAcceptStartStep,
  createJudgeStartStep,
  type Changed,
} from './steps/accept-session.js'
import { createAdmitStep, type Admitted } from './steps/admit.js'
import { createDecodeStep } from './steps/decode.js'
import { createDeduplicateStep, createMarkStep, type Fresh } from './steps/deduplicate.js'
import { createFetchMediaStep } from './steps/fetch-media.js'

type Accept = (incoming: Incoming, context: ProcessContext) => Promise<Settled<Incoming>>

/** What happens to one record of a `live.*` topic: check, drop what came before, accept by type, remember. */
export function createIngestPipeline(
  deps: Deps,
  options: PipelineOptions,
): (record: LogRecord, context: ProcessContext) => Promise<Settled<void>> {
  const pending = createPendingMarks()
  const check = createPipeline<LogRecord>('ingest', options)
    .step(createDecodeStep(deps))
    .step(createDeduplicateStep({ ...deps, pending }))
  const accept = createAccept(deps, options)
  const remember = createPipeline<Fresh>('ingest.remember', options).step(createMarkStep(deps))
  return async (record, context) => {
    const checked = await check.run(record, context)
    if (checked.kind !== 'ok') return checked
    try {
      const accepted = await accept(checked.value, context)
      return accepted.kind === 'ok' ? await remember.run(checked.value, context) : accepted
    } finally {
      pending.remove(checked.value.marks)
    }
  }
}

function createAccept(deps: Deps, options: PipelineOptions): Accept {
  const ofStream = createOfStream(deps, options)
  const ofSession = createOfSession(deps, options)
  const account = createPipeline<Incoming<EventOfType<'live.account.updated'>>>('ingest.account', options).step(
    createAcceptAccountStep(deps),
  )
  const ack = createPipeline<Incoming<EventOfType<'live.command.acknowledged'>>>('ingest.ack', options).step(
    createAcceptAckStep(deps),
  )
  return async (incoming, context) => {
    if (isOfType(incoming, 'live.account.updated')) return account.run(incoming, context)
    if (isOfType(incoming, 'live.command.acknowledged')) return ack.run(incoming, context)
    return incoming.event.type.startsWith('live.session.') ? ofSession(incoming, context) : ofStream(incoming, context)
  }
}

/** Chat, reports and segments: what belongs to a stream that must have been started. */
function createOfStream(deps: Deps, options: PipelineOptions): Accept {
  const admit = createPipeline<Incoming>('ingest.stream', options).step(createAdmitStep(deps))
  const lines = new InOrder<EncodedRecord>((records) => deps.log.publish(records), {
    ...options,
    pipeline: 'ingest.chat',
    step: 'accept-chat',
  })
  const chat = createPipeline<ChatLine>('ingest.chat', options).step(createAcceptChatStep(deps, lines))
  const report = createPipeline<Admitted<EventOfType<'live.report.filed'>>>('ingest.report', options).step(
    createAcceptReportStep(deps),
  )
  const segment = createPipeline<Admitted<EventOfType<'live.segment.published'>>>('ingest.segment', options)
    .step(createFetchMediaStep(deps))
    .step(createCheckSequenceStep(deps))
    .step(createAcceptSegmentStep(deps))
  return async (incoming, context) => {
    const admitted = await admit.run(incoming, context)
    if (admitted.kind !== 'ok') return admitted
    const { value } = admitted
    if (isAdmitted(value, 'live.chat.sent')) return chat.run({ ...value, admitNext: context.admitNext }, context)
    if (isAdmitted(value, 'live.report.filed')) return report.run(value, context)
    if (isAdmitted(value, 'live.segment.published')) return segment.run(value, context)
    throw new Error(`${incoming.event.type} cannot come from a live topic`)
  }
}

function isAdmitted<Type extends DecodedEvent['type']>(
  admitted: Admitted,
  type: Type,
): admitted is Admitted<EventOfType<Type>> {
  return admitted.event.type === type
}

/** Start, heartbeat, change and end of a stream. */
function createOfSession(deps: Deps, options: PipelineOptions): Accept {
  const start = createPipeline<Incoming<EventOfType<'live.session.started'>>>('ingest.start', options)
    .step(createJudgeStartStep(deps))
    .step(createAcceptStartStep(deps))
  const change = createPipeline<Changed>('ingest.session', options).step(createAcceptChangeStep(deps))
  return async (incoming, context) => {
    if (isOfType(incoming, 'live.session.started')) return start.run(incoming, context)
    return change.run(incoming as Changed, context)
  }
}
