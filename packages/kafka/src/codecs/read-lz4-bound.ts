const magic = 0x184d2204
const blockSizes = [0, 0, 0, 0, 64, 256, 1024, 4096].map((kibibytes) => kibibytes * 1024)

/**
 * The most bytes that an LZ4 frame can unpack to, from its headers alone: so many blocks of the declared size.
 * Java's producers fill blocks of 64 KiB, so the bound is close. Throws when the frame is none or is cut.
 */
export function readLz4Bound(frame: Buffer): number {
  if (frame.length < 7 || frame.readUInt32LE(0) !== magic) throw new Error('lz4: not a frame')
  const flags = frame.readUInt8(4)
  const largest = blockSizes[(frame.readUInt8(5) >> 4) & 7] ?? 0
  const blockChecksum = (flags & 0x10) === 0 ? 0 : 4
  let at = 7 + ((flags & 0x08) === 0 ? 0 : 8) + ((flags & 0x01) === 0 ? 0 : 4)
  for (let blocks = 0; ; blocks += 1) {
    if (at + 4 > frame.length) throw new Error('lz4: the frame is cut')
    const word = frame.readUInt32LE(at)
    if (word === 0) return blocks * largest
    const size = word & 0x7fffffff
    at += 4 + size + blockChecksum
  }
}
