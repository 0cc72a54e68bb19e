import { createHash } from 'node:crypto'
import { knowsCodec, readPictureHead } from './nal-units.js'
import { readProgramMapPid, readVideoTrack } from './program-tables.js'
import { alignPackets, readPackets } from './transport-packets.js'
/** The head of a picture (parameter sets, messages, first slice) ends within these; x264's own message has 700. */ const HEAD_BYTES = 4096
/** Reads tables, time stamps and heads of pictures, in time linear in the input. The track of before stands in for absent tables. */ export function inspectTransportStream(
  bytes,
  before,
) {
  const packets = alignPackets(bytes)
  const track = findTrack(packets) ?? before
  if (track === undefined)
    return {
      packets,
      track,
      firstPts: undefined,
      times: [],
      keyframes: undefined,
      signature: '',
    }
  const heads = [...readHeads(packets, track)]
  const read = heads.map((head) => ({
    ...head,
    ...readPictureHead(head.bytes, track.streamType),
  }))
  const keyframes = read.filter((head) => head.isKeyframe ?? head.randomAccess)
  const timed = read.flatMap((head) => (head.pts === undefined ? [] : [head.pts]))
  return {
    packets,
    track,
    firstPts: timed[0],
    times: timed,
    keyframes: knowsCodec(track.streamType) ? keyframes.flatMap(({ pts }) => pts ?? []) : undefined,
    signature: signatureOf(track, keyframes[0]?.parameterSets ?? []),
  }
}
function signatureOf(track, parameterSets) {
  if (parameterSets.length === 0) return ''
  const hash = createHash('sha256')
  for (const set of parameterSets) hash.update(set)
  return `${track.pid}:${track.streamType}:${hash.digest('hex')}`
}
function findTrack(packets) {
  let mapPid
  for (const { pid, starts, payload } of readPackets(packets)) {
    if (!starts) continue
    if (pid === 0) mapPid = readProgramMapPid(payload) ?? mapPid
    const track = pid === mapPid ? readVideoTrack(payload) : undefined
    if (track !== undefined) return track
  }
  return undefined
}
function* readHeads(packets, track) {
  let open
  for (const packet of readPackets(packets)) {
    if (packet.pid !== track.pid) continue
    if (packet.starts) {
      if (open !== undefined) yield toHead(open.first, open.parts)
      open = {
        first: packet,
        parts: [],
        size: 0,
      }
    }
    if (open !== undefined && open.size < HEAD_BYTES) {
      open.parts.push(packet.payload)
      open.size += packet.payload.length
    }
  }
  if (open !== undefined) yield toHead(open.first, open.parts)
}
function toHead(first, parts) {
  const bytes = Buffer.concat(parts)
  return {
    pts: readPts(bytes),
    randomAccess: first.randomAccess,
    bytes,
  }
}
/** The presentation time in the head of a PES packet (ISO/IEC 13818-1, 2.4.3.7). */ function readPts(pes) {
  if (pes.length < 14 || pes.readUIntBE(0, 3) !== 1 || (pes.readUInt8(7) & 0x80) === 0) return undefined
  const high = (pes.readUInt8(9) >> 1) & 0x07
  const middle = pes.readUInt16BE(10) >> 1
  const low = pes.readUInt16BE(12) >> 1
  return high * 2 ** 30 + middle * 2 ** 15 + low
}

//# sourceMappingURL=inspect-transport-stream.js.map
