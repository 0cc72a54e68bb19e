import { encodeEvent, type SegmentAccepted } from '@streamkeeper/contracts'
import type { StretchRow } from '@streamkeeper/database'
import type { DecodedSegment } from '@streamkeeper/media'
import { drop, ok, type LogRecord, type Outcome, type ProcessContext } from '@streamkeeper/pipeline'
import { decodeOwn, source } from '../decode-own.js'
import type { MediaDeps } from '../deps.js'
import { forgetStream } from '../forget-stream.js'
import { examine } from '../steps/examine.js'
import { notLooked, type Finding } from '../steps/finding.js'
import type { Once } from './once.js'

/** Decodes and looks at segments; says of every stretch whether it was looked at, by what, or why not. */
export async function screenMedia(
  deps: MediaDeps,
  record: LogRecord,
  context: Pick<ProcessContext, 'admitNext' | 'signal'>,
): Promise<Outcome<void>> {
  const decoded = decodeOwn(deps.topicPrefix, record)
  if (decoded.kind !== 'ok') return decoded
  const event = decoded.value
  if (event.type === 'moderation.segment.accepted') {
    await deps.underway.run(event.data, context.signal, (once) => screenSegment(deps, event.data, { ...context, once }))
    return ok()
  }
  if (event.type === 'moderation.segment.missing') {
    const { streamId, fromMs, toMs, fromSequence } = event.data
    await cover(deps, { streamId, fromMs, toMs, cause: `gap:${fromSequence}`, finding: notLooked('gap', null) })
    return ok()
  }
  if (event.type !== 'moderation.window.closed' || event.data.reason !== 'end') return drop('other-type')
  await closeStream(deps, event.data.streamId)
  return ok()
}

async function screenSegment(
  deps: MediaDeps,
  segment: SegmentAccepted,
  { admitNext, once }: Pick<ProcessContext, 'admitNext'> & { readonly once: Once },
): Promise<void> {
  const { streamId, sequence, streamTimeMs: fromMs, durationMs } = segment
  const decoded = await once('decode', () => decode(deps, segment, admitNext))
  const finding = 'state' in decoded ? decoded : await examine(deps, segment, { decoded, once })
  await cover(deps, { streamId, sequence, fromMs, toMs: fromMs + durationMs, cause: `segment:${sequence}`, finding })
}

/** The next segment goes in while this one's pictures are still on their way, as long as the stream has not too many underway. */
async function decode(
  { spool, sampling, decoders, underway }: MediaDeps,
  segment: SegmentAccepted,
  admitNext: () => void,
): Promise<DecodedSegment | Finding> {
  const { streamId, sequence, streamTimeMs, durationMs, mediaType, discontinuity = false } = segment
  const found = await spool.get(segment.spool.key)
  if (found === null) return notLooked('media-missing', 'the spool does not have it any more')
  const tooOld = sampling.begin(segment)
  if (tooOld !== null) return notLooked('overload', tooOld)
  const timed = { sequence, streamTimeMs, durationMs, bytes: found.bytes, discontinuity }
  const work = decoders.feed(streamId, mediaType, timed)
  void underway.room(streamId).then(admitNext)
  return work
}

interface Place {
  readonly streamId: string
  readonly fromMs: number
  readonly toMs: number
  readonly cause: string
  readonly sequence?: number
  readonly finding: Finding
}

/** Written first, then published: asked again after a crash, the same stretches go out under the same ids. */
async function cover(
  { coverage, log, topicPrefix, now }: MediaDeps,
  { finding, sequence, ...place }: Place,
): Promise<void> {
  if (place.toMs <= place.fromMs) return
  const { state, reason, detail, models, pictures } = finding
  const at = new Date(now())
  const rows = await coverage.cover({ ...place, state, reason, detail, models, pictures }, at)
  await log.publish(
    rows.map((row) =>
      encodeEvent(topicPrefix, {
        type: 'moderation.stream.covered',
        id: idOf(row),
        source: `${source}/coverage`,
        subject: row.streamId,
        time: row.at,
        data: dataOf(row, sequence),
      }),
    ),
  )
}

function idOf({ streamId, fromMs }: StretchRow): string {
  return `${streamId}:${fromMs}`.slice(0, 256)
}

function dataOf(
  { streamId, fromMs, toMs, state, reason, detail, models, pictures }: StretchRow,
  sequence: number | undefined,
) {
  return {
    streamId,
    fromMs,
    toMs,
    state,
    pictures,
    models: [...models],
    ...(reason === null ? {} : { reason }),
    ...(detail === null ? {} : { detail }),
    ...(sequence === undefined ? {} : { sequence }),
  }
}

/** After the end: what no segment and no gap explains was never there to look at. Segments that are still underway explain it. */
async function closeStream(deps: MediaDeps, streamId: string): Promise<void> {
  await deps.decoders.end(streamId)
  await deps.underway.settled(streamId)
  const stretches = await deps.coverage.list(streamId)
  const length = stretches.reduce((end, row) => Math.max(end, row.toMs), 0)
  await cover(deps, {
    streamId,
    fromMs: 0,
    toMs: length,
    cause: 'end',
    finding: notLooked('gap', 'no segment covers it'),
  })
  await forgetStream(deps, streamId)
}
