import { encodeEvent, type WindowClosed } from '@streamkeeper/contracts'
import { advanceWindow, findStream, type StreamRow } from '@streamkeeper/database'
import { source } from './caused.js'
import type { Deps } from './deps.js'

type Reason = WindowClosed['reason']

/**
 * Writes the boundary of a window into the log behind its last segment, then notes that it is closed. A crash in between
 * writes the same boundary (same id, same index) twice; the archiver takes the first.
 */
export async function closeWindow(deps: Deps, stream: StreamRow, reason: Reason): Promise<void> {
  const { streamId, windowIndex: index } = stream
  const closedAt = new Date(deps.now())
  const data = { streamId, index, reason, closedAt: closedAt.toISOString() }
  const id = `window-${index}`
  await deps.log.publish([
    encodeEvent(deps.topicPrefix, {
      type: 'moderation.window.closed',
      id: `${streamId}:${id}`.length <= 128 ? `${streamId}:${id}` : id,
      source: `${source}/${encodeURIComponent(streamId)}`,
      subject: streamId,
      time: closedAt,
      data,
    }),
  ])
  await advanceWindow(deps.database, stream)
}

/** Closes the open window when the stream has run for its length since the window began. */
export async function closeFullWindow(
  deps: Deps,
  segment: { streamId: string; streamTimeMs: number; durationMs: number },
): Promise<void> {
  const stream = await findStream(deps.database, segment.streamId)
  if (stream === null) return
  const end = segment.streamTimeMs + segment.durationMs
  if (end - stream.windowFromMs < deps.windowMs) return
  await closeWindow(deps, stream, 'length')
}
