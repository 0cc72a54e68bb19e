import { decodeRecord, type SegmentAccepted, type WindowClosed } from '@streamkeeper/contracts'
import { stageSegment, stageWindow } from '@streamkeeper/database'
import {
  createPipeline,
  dlq,
  isRetriable,
  ok,
  retry,
  type LogRecord,
  type PipelineOptions,
} from '@streamkeeper/pipeline'
import { crashPoint } from '@streamkeeper/runtime'
import type { Deps } from './deps.js'

/** What happens to a record of `moderation.segments`: it is noted as something that must be kept. */
export function createSegmentPipeline(deps: Pick<Deps, 'database'>, options: PipelineOptions) {
  return createPipeline<LogRecord>('archive.segments', options).step({
    name: 'stage',
    run: async (record) => {
      const decoded = decodeRecord('moderation.segments', record)
      if ('rejection' in decoded) return dlq(decoded.rejection.code, decoded.rejection.message)
      const { event } = decoded
      try {
        crashPoint('archive.before-stage-segment')
        if (event.type === 'moderation.segment.accepted') await noteSegment(deps, record, event.data)
        if (event.type === 'moderation.window.closed') await noteWindow(deps, record, event.data)
        return ok()
      } catch (error) {
        if (isRetriable(error)) return retry(error, 'database')
        throw error
      }
    },
  })
}

async function noteSegment({ database }: Pick<Deps, 'database'>, record: LogRecord, data: SegmentAccepted) {
  const { streamId, sequence, mediaType, streamTimeMs, durationMs, spool, receivedAt, origin } = data
  await stageSegment(database, {
    streamId,
    sequence,
    partition: record.partition,
    offset: record.offset,
    spoolKey: spool.key,
    sha256: spool.sha256,
    size: spool.size,
    mediaType,
    streamTimeMs,
    durationMs,
    receivedAt: new Date(receivedAt),
    brokerAt: new Date(origin.brokerAt),
  })
}

async function noteWindow({ database }: Pick<Deps, 'database'>, record: LogRecord, data: WindowClosed) {
  const { streamId, index, reason, closedAt } = data
  const { partition, offset: upToOffset } = record
  await stageWindow(database, { streamId, index, partition, upToOffset, reason, closedAt: new Date(closedAt) })
}
