import type { DecodedEvent } from '@streamkeeper/contracts'
import {
  createPipeline,
  type LogRecord,
  type Pipeline,
  type PipelineOptions,
  type RunContext,
  type Settled,
} from '@streamkeeper/pipeline'
import { isOfType, type EventOfType, type Incoming } from './accepted.js'
import type { Deps } from './deps.js'
import { createAcceptAccountStep } from './steps/accept-account.js'
import { createAcceptAckStep } from './steps/accept-ack.js'
import { createAcceptChatStep } from './steps/accept-chat.js'
import { createAcceptReportStep } from './steps/accept-report.js'
import { createAcceptSegmentStep, createCheckSequenceStep } from './steps/accept-segment.js'
import { createAcceptChangeStep, createAcceptStartStep, createJudgeStartStep } from './steps/accept-session.js'
import { createAdmitStep, type Admitted } from './steps/admit.js'
import { createDecodeStep } from './steps/decode.js'
import { createDeduplicateStep, createMarkStep } from './steps/deduplicate.js'
import { createFetchMediaStep } from './steps/fetch-media.js'

type Accept = (incoming: Incoming, context: RunContext) => Promise<Settled<Incoming>>

/** What happens to one record of a `live.*` topic: check, drop what came before, accept by type, remember. */
export function createIngestPipeline(
  deps: Deps,
  options: PipelineOptions,
): (record: LogRecord, context: RunContext) => Promise<Settled<void>> {
  const check = createPipeline<LogRecord>('ingest', options)
    .step(createDecodeStep(deps))
    .step(createDeduplicateStep(deps))
  const accept = createAccept(deps, options)
  const remember = createPipeline<Incoming>('ingest.remember', options).step(createMarkStep(deps))
  return async (record, context) => {
    const checked = await check.run(record, context)
    if (checked.kind !== 'ok') return checked
    const accepted = await accept(checked.value, context)
    if (accepted.kind !== 'ok') return accepted
    return remember.run(checked.value, context)
  }
}

function createAccept(deps: Deps, options: PipelineOptions): Accept {
  const admit = () => createPipeline<Incoming>('ingest.stream', options).step(createAdmitStep(deps))
  const chat = admitted('live.chat.sent', (name) =>
    createPipeline<Admitted<EventOfType<'live.chat.sent'>>>(name, options).step(createAcceptChatStep(deps)),
  )
  const report = admitted('live.report.filed', (name) =>
    createPipeline<Admitted<EventOfType<'live.report.filed'>>>(name, options).step(createAcceptReportStep(deps)),
  )
  const segment = admitted('live.segment.published', (name) =>
    createPipeline<Admitted<EventOfType<'live.segment.published'>>>(name, options)
      .step(createFetchMediaStep(deps))
      .step(createCheckSequenceStep(deps))
      .step(createAcceptSegmentStep(deps)),
  )
  const start = createPipeline<Incoming<EventOfType<'live.session.started'>>>('ingest.start', options)
    .step(createJudgeStartStep(deps))
    .step(createAcceptStartStep(deps))
  const change = createPipeline<Parameters<ReturnType<typeof createAcceptChangeStep>['run']>[0]>(
    'ingest.session',
    options,
  ).step(createAcceptChangeStep(deps))
  const account = createPipeline<Incoming<EventOfType<'live.account.updated'>>>('ingest.account', options).step(
    createAcceptAccountStep(deps),
  )
  const ack = createPipeline<Incoming<EventOfType<'live.command.acknowledged'>>>('ingest.ack', options).step(
    createAcceptAckStep(deps),
  )

  /** Runs the admission of the stream, then what is particular to the type. */
  function admitted<Type extends DecodedEvent['type']>(
    type: Type,
    make: (name: string) => Pipeline<Admitted<EventOfType<Type>>, Incoming>,
  ): Accept {
    const [gate, own] = [admit(), make(`ingest.${type}`)]
    return async (incoming, context) => {
      const result = await gate.run(incoming, context)
      return result.kind === 'ok' ? own.run(result.value as Admitted<EventOfType<Type>>, context) : result
    }
  }

  return async (incoming, context) => {
    if (isOfType(incoming, 'live.chat.sent')) return chat(incoming, context)
    if (isOfType(incoming, 'live.report.filed')) return report(incoming, context)
    if (isOfType(incoming, 'live.segment.published')) return segment(incoming, context)
    if (isOfType(incoming, 'live.session.started')) return start.run(incoming, context)
    if (isOfType(incoming, 'live.account.updated')) return account.run(incoming, context)
    if (isOfType(incoming, 'live.command.acknowledged')) return ack.run(incoming, context)
    if (
      isOfType(incoming, 'live.session.heartbeat') ||
      isOfType(incoming, 'live.session.updated') ||
      isOfType(incoming, 'live.session.ended')
    ) {
      return change.run(incoming, context)
    }
    throw new Error(`${incoming.event.type} cannot come from a live topic`)
  }
}
