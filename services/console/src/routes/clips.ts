import { Id, StreamkeeperError } from '@streamkeeper/contracts'
import {
  findCaseSignal,
  findSegment,
  findStream,
  listSegmentsBetween,
  markLooked,
  noteAccess,
  type CaseRow,
  type CaseSignalRow,
  type StreamRow,
} from '@streamkeeper/database'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { clipRange, findFragments, isPlayable, renderPlaylist, sameKindAround, type ClipRange } from '../clip.js'
import type { Visitor } from '../auth.js'
import type { Deps } from '../deps.js'
import { visitorOf } from '../guard.js'
import { parse } from '../parse.js'
import { loadCase } from '../show-case.js'

const Part = z.object({ part: z.enum(['whole', 'init', 'media']).default('whole') })
const Sequence = z.coerce.number().int().min(0)

interface Hit {
  readonly signalId: string
  readonly found: CaseRow
  readonly stream: StreamRow | null
  /** Where it lies in stream time. */
  readonly hitMs: number
  readonly range: ClipRange
}

/**
 * What the stream showed around a hit, 20 s before to 10 s after, as HLS over the segments as they came. Asking for the
 * list is noted on the access log before it is given.
 */
export async function addClipRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const { database, spool } = deps
  const noteLook = createNote(deps)

  app.get<{ Params: Record<'caseId' | 'signalId', string> }>(
    '/cases/:caseId/clips/:signalId',
    async (request, reply) => {
      const { signalId, found, stream, hitMs, range } = await loadHit(deps, request.params)
      const place = { streamId: found.streamId, ...range }
      const playable = (await listSegmentsBetween(database, place)).filter(({ mediaType }) => isPlayable(mediaType))
      const segments = sameKindAround(playable, hitMs)
      if (segments.length === 0) throw new StreamkeeperError('NOT_FOUND', 'the hit has no clip that a browser can play')
      await noteLook(visitorOf(request), { found, signalId })
      const isWhole = stream === null || stream.state !== 'live' || stream.lengthMs >= range.toMs
      const addressOf = (sequence: number, part: string) => `${encodeURIComponent(signalId)}/${sequence}?part=${part}`
      return reply
        .type('application/vnd.apple.mpegurl')
        .header('cache-control', 'no-store')
        .send(renderPlaylist({ segments, range, isWhole, addressOf }))
    },
  )

  app.get<{ Params: Record<'caseId' | 'signalId' | 'sequence', string> }>(
    '/cases/:caseId/clips/:signalId/:sequence',
    async (request, reply) => {
      const { part } = parse(Part, request.query)
      const sequence = parse(Sequence, request.params.sequence)
      const { found, signalId, range } = await loadHit(deps, request.params)
      const segment = await findSegment(database, { streamId: found.streamId, sequence })
      const isInside =
        segment !== null &&
        segment.streamTimeMs < range.toMs &&
        segment.streamTimeMs + segment.durationMs > range.fromMs
      if (!isInside) throw new StreamkeeperError('NOT_FOUND', 'the clip has no such segment')
      await noteLook(visitorOf(request), { found, signalId })
      const stored = await spool.get(segment.spoolKey)
      if (stored === null) throw new StreamkeeperError('NOT_FOUND', 'the segment lies in the archive only')
      return reply.type(segment.mediaType).header('cache-control', 'no-store').send(cutPart(stored.bytes, part))
    },
  )
}

/** A clip is one look, though a player asks for its parts one by one and for its list again and again. */
function createNote({ database, now }: Deps) {
  const oneLookMs = 60_000
  const noted = new Map<string, number>()
  return async ({ username, role }: Visitor, { found, signalId }: Pick<Hit, 'found' | 'signalId'>): Promise<void> => {
    const at = now()
    for (const [name, since] of noted) if (at.getTime() - since > oneLookMs) noted.delete(name)
    const name = JSON.stringify([username, signalId])
    if (noted.has(name)) return
    const { caseId, streamId } = found
    const what = `clip ${signalId}`
    await markLooked(database, { caseId, signalId, at })
    await noteAccess(database, { actor: username, role, what, reason: 'review', caseId, streamId, at })
    noted.set(name, at.getTime())
  }
}

async function loadHit(deps: Deps, params: Readonly<Record<'caseId' | 'signalId', string>>): Promise<Hit> {
  const found = await loadCase(deps, parse(Id, params.caseId))
  const signalId = parse(Id, params.signalId)
  const signal = await findCaseSignal(deps.database, found.caseId, signalId)
  if (signal === null) throw new StreamkeeperError('NOT_FOUND', 'the case has no such hit')
  const stream = await findStream(deps.database, found.streamId)
  const endMs = stream === null || stream.state === 'live' ? null : stream.lengthMs
  const hitMs = streamTimeOf(stream, signal)
  return { signalId, found, stream, hitMs, range: clipRange(hitMs, endMs) }
}

/** Chat carries only its own clock: the start of the broadcast is taken off. */
function streamTimeOf(stream: StreamRow | null, { data }: CaseSignalRow): number {
  if (data.streamTimeMs !== undefined) return data.streamTimeMs
  return stream === null ? 0 : Math.max(0, new Date(data.at).getTime() - stream.startedAt.getTime())
}

function cutPart(bytes: Buffer, part: 'whole' | 'init' | 'media'): Buffer {
  const at = part === 'whole' ? null : findFragments(bytes)
  if (at === null) return bytes
  return part === 'init' ? bytes.subarray(0, at) : bytes.subarray(at)
}
