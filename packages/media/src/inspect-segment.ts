import { FragmentInspector } from './inspect-fragments.js'
import { inspectMatroska } from './inspect-matroska.js'
import { inspectTransportStream } from './inspect-transport-stream.js'
import { PacketKeyframes } from './packet-keyframes.js'
import type { NamedTracks } from './program-tables.js'
import type { SegmentInspection } from './segment-inspection.js'
import type { MediaType, Segment } from './segment.js'

/** Reads the segments of one stream, in the order of feeding. Undefined for those that have to be decoded singly. */
export type Inspector = (segment: Segment) => SegmentInspection | undefined

export function createInspector(mediaType: MediaType): Inspector {
  if (mediaType === 'video/mp2t') return createTransportInspector()
  if (mediaType !== 'video/mp4') return ({ bytes }) => inspectMatroska(bytes)
  const fragments = new FragmentInspector()
  return (segment) => fragments.inspect(segment)
}

function createTransportInspector(): Inspector {
  let named: NamedTracks = []
  const keyframes = new PacketKeyframes()
  return ({ bytes }) => {
    const inspection = inspectTransportStream(bytes, named)
    named = inspection.named
    if (inspection.refused !== undefined) return inspection
    return inspection.isPacked ? undefined : keyframes.rewrite(inspection)
  }
}
