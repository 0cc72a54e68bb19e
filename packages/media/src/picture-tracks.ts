import type { NamedTracks, VideoTrack } from './program-tables.js'
import { PACKET_BYTES, payloadStart } from './transport-packets.js'

/** A picture that no table names. */
const UNNAMED = -1

/**
 * The picture tracks of which something begins in this aligned transport stream: what the tables name as one, and what its packets
 * themselves call a picture (ISO/IEC 13818-1, table 2-22). Tracks that are only named are none: nobody sees anything of them.
 */
export function findPictureTracks(aligned: Buffer, named: NamedTracks): VideoTrack[] {
  const begun = findBegun(aligned)
  const tracks = named.filter(({ pid }) => begun.has(pid))
  for (const [pid, isPicture] of begun) {
    if (isPicture && !tracks.some((track) => track.pid === pid)) tracks.push({ pid, streamType: UNNAMED })
  }
  return tracks
}

/** Which streams begin something, and whether it says that it is a picture. Packets that are marked as broken count: players take them. */
function findBegun(aligned: Buffer): Map<number, boolean> {
  const begun = new Map<number, boolean>()
  for (let at = 0; at + PACKET_BYTES <= aligned.length; at += PACKET_BYTES) {
    const second = aligned[at + 1] ?? 0
    if ((second & 0x40) === 0) continue
    const pid = ((second & 0x1f) << 8) | (aligned[at + 2] ?? 0)
    if (begun.get(pid) !== true) begun.set(pid, isPictureHead(aligned, at + payloadStart(aligned, at)))
  }
  return begun
}

function isPictureHead(bytes: Buffer, at: number): boolean {
  const startsOne = bytes[at] === 0 && bytes[at + 1] === 0 && bytes[at + 2] === 1
  return startsOne && ((bytes[at + 3] ?? 0) & 0xf0) === 0xe0
}
