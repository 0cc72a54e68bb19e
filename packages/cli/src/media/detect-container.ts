import type { MediaType } from '@streamkeeper/media'

const packetBytes = 188
const sync = 0x47

/** The container by its first bytes; null for what is none of those that are taken. */
export function detectContainer(bytes: Buffer): MediaType | null {
  if (bytes.subarray(4, 8).toString('latin1') === 'ftyp') return 'video/mp4'
  if (bytes.readUInt32BE(0) === 0x1a45dfa3) return 'video/x-matroska'
  const isStream = bytes[0] === sync && (bytes.length <= packetBytes || bytes[packetBytes] === sync)
  return isStream ? 'video/mp2t' : null
}
