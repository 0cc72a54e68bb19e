import { createHash } from 'node:crypto'
import { knowsCodec, readPictureHead, splitStartCodes } from './nal-units.js'
import { arePicturesPacked } from './packed-pictures.js'
import { earliestOf } from './picture-clock.js'
import { findPictureTracks } from './picture-tracks.js'
import { readNamedTracks, type NamedTracks, type VideoTrack } from './program-tables.js'
import type { SegmentInspection } from './segment-inspection.js'
import { alignPackets, readPackets, type TransportPacket } from './transport-packets.js'

/** What a segment of a transport stream says of itself. */
export interface TransportInspection extends SegmentInspection {
  /** Packets of its track hold several pictures, so that it is not known when they are, nor which are keyframes. */
  readonly isPacked: boolean
  /** Whole packets only; empty when these bytes are no transport stream. */
  readonly packets: Buffer
  readonly track: VideoTrack | undefined
  /** What the tables name, for the segments behind that have none. */
  readonly named: NamedTracks
  /** Which packets of the track's elementary stream hold the keyframes, from 0. */
  readonly keyframePlaces: readonly number[]
}

/** The head of a picture (parameter sets, messages, first slice) ends within these; x264's own message has 700. */
const HEAD_BYTES = 4096
/** The head of a packet of the elementary stream, with a time in it. */
const LEAST_HEAD_BYTES = 14

const NOTHING_KNOWN = {
  isPacked: false,
  firstPts: undefined,
  times: [],
  keyframes: undefined,
  keyframePlaces: [],
  signature: '',
}

/** Reads tables, time stamps and heads of pictures, in time linear in the input. What was named before stands in for absent tables. */
export function inspectTransportStream(bytes: Buffer, before: NamedTracks = []): TransportInspection {
  const packets = alignPackets(bytes)
  const named = readNamedTracks(packets, before)
  const tracks = findPictureTracks(packets, named)
  const track = tracks.find(({ pid }) => named.some((one) => one.pid === pid)) ?? named[0]
  const common = { ...commonOf(packets, tracks), track, named }
  if (track === undefined) return { ...common, ...NOTHING_KNOWN }
  const heads = [...readHeads(packets, track)]
  const read = heads.map((head) => ({ ...head, ...readPictureHead(splitStartCodes(head.bytes), track.streamType) }))
  const isKeyframe = (head: (typeof read)[number]): boolean => head.isKeyframe ?? head.randomAccess
  const keyframes = read.filter(isKeyframe)
  const timed = read.flatMap((head) => (head.pts === undefined ? [] : [head.pts]))
  return {
    ...common,
    isPacked: arePicturesPacked(packets, track),
    firstPts: earliestOf(timed),
    times: timed,
    keyframes: knowsCodec(track.streamType) ? keyframes.flatMap(({ pts }) => pts ?? []) : undefined,
    keyframePlaces: read.flatMap((head, at) => (isKeyframe(head) ? [at] : [])),
    signature: signatureOf(track, keyframes[0]?.parameterSets ?? []),
  }
}

function signatureOf(track: VideoTrack, parameterSets: readonly Buffer[]): string {
  if (parameterSets.length === 0) return ''
  const hash = createHash('sha256')
  for (const set of parameterSets) hash.update(set)
  return `${track.pid}:${track.streamType}:${hash.digest('hex')}`
}

function commonOf(packets: Buffer, tracks: readonly VideoTrack[]): Pick<TransportInspection, 'packets' | Shared> {
  const common = { packets, empty: packets.length === 0, rewrites: () => false, bytesFor: () => packets }
  return tracks.length > 1 ? { ...common, refused: 'several picture tracks' } : common
}

type Shared = 'empty' | 'refused' | 'rewrites' | 'bytesFor'

interface Head {
  readonly pts: number | undefined
  readonly randomAccess: boolean
  readonly bytes: Buffer
}

interface OpenHead {
  readonly first: TransportPacket
  readonly parts: Buffer[]
  size: number
  whole: boolean
}

function* readHeads(packets: Buffer, track: VideoTrack): Generator<Head> {
  let open: OpenHead | undefined
  for (const packet of readPackets(packets, track.pid)) {
    if (packet.starts) {
      if (open !== undefined) yield toHead(open.first, open.parts)
      open = { first: packet, parts: [], size: 0, whole: false }
    }
    if (open !== undefined && !isHeadWhole(open, track)) {
      const { payload } = packet
      open.parts.push(payload)
      open.size += payload.length
    }
  }
  if (open !== undefined) yield toHead(open.first, open.parts)
}

/** What lies behind the start of the first slice says nothing more: of most pictures one packet is enough. */
function isHeadWhole(open: OpenHead, { streamType }: VideoTrack): boolean {
  if (open.whole || open.size < LEAST_HEAD_BYTES) return open.whole
  const bytes = Buffer.concat(open.parts)
  open.whole = open.size >= HEAD_BYTES || readPictureHead(splitStartCodes(bytes), streamType).isKeyframe !== undefined
  return open.whole
}

function toHead(first: TransportPacket, parts: readonly Buffer[]): Head {
  const bytes = Buffer.concat(parts)
  return { pts: readPts(bytes), randomAccess: first.randomAccess, bytes }
}

/** The presentation time in the head of a PES packet (ISO/IEC 13818-1, 2.4.3.7). */
function readPts(pes: Buffer): number | undefined {
  if (pes.length < LEAST_HEAD_BYTES || pes.readUIntBE(0, 3) !== 1 || (pes.readUInt8(7) & 0x80) === 0) return undefined
  const high = (pes.readUInt8(9) >> 1) & 0x07
  const middle = pes.readUInt16BE(10) >> 1
  const low = pes.readUInt16BE(12) >> 1
  return high * 2 ** 30 + middle * 2 ** 15 + low
}
