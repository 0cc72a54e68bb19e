import { NotUnderstoodError } from './mp4-boxes.js'
import { readPackets } from './transport-packets.js'

/**
 * The elementary stream in those packets (of ISO/IEC 13818-1, 2.4.3.6) of one track whose places are wanted; they count from the
 * first that begins here. In time linear in the input. Throws NotUnderstoodError where a packet is missing, doubled or cut short.
 */
export function readPacketPictures(aligned: Buffer, pid: number, wanted: ReadonlySet<number>): Buffer[] {
  const pictures: Buffer[] = []
  let open: Buffer[] | undefined
  let place = -1
  let before = 0
  for (const packet of readPackets(aligned, pid)) {
    if (open !== undefined && packet.counter !== ((before + 1) & 0x0f))
      throw new NotUnderstoodError('packets are missing')
    before = packet.counter
    if (packet.starts) {
      if (open !== undefined) pictures.push(contentOf(Buffer.concat(open)))
      place += 1
      open = wanted.has(place) ? [] : undefined
    }
    open?.push(packet.payload)
  }
  if (open !== undefined) pictures.push(contentOf(Buffer.concat(open)))
  return pictures
}

const HEAD_BYTES = 9

function contentOf(packet: Buffer): Buffer {
  if (packet.length < HEAD_BYTES || packet.readUIntBE(0, 3) !== 1) throw new NotUnderstoodError('no packet of a track')
  const length = packet.readUInt16BE(4)
  // A picture may leave its length open: it ends where the next begins.
  if (length !== 0 && packet.length !== 6 + length) throw new NotUnderstoodError('a packet of a wrong length')
  const start = HEAD_BYTES + packet.readUInt8(8)
  if (start >= packet.length) throw new NotUnderstoodError('a packet without content')
  return packet.subarray(start)
}
