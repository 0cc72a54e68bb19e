import { uncompress } from 'snappy'

// Java's snappy library frames its blocks: this head, two versions of 4 bytes, then blocks of a length and raw snappy.
const xerialHead = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
const headLength = 16

/** Unpacks snappy, framed the Java way or raw; null when it would be more than `limit` bytes. Throws when damaged. */
export async function unpackSnappy(packed: Buffer, limit: number): Promise<Buffer | null> {
  const blocks = packed.subarray(0, xerialHead.length).equals(xerialHead) ? splitBlocks(packed) : [packed]
  const size = blocks.reduce((sum, block) => sum + readSize(block), 0)
  if (size > limit) return null
  const parts: Buffer[] = []
  for (const block of blocks) parts.push(asBuffer(await uncompress(block, { asBuffer: true })))
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts)
}

function splitBlocks(packed: Buffer): Buffer[] {
  if (packed.length < headLength) throw new Error('snappy: the head is cut')
  const blocks: Buffer[] = []
  for (let at = headLength; at < packed.length;) {
    if (at + 4 > packed.length) throw new Error('snappy: a block is cut')
    const size = packed.readUInt32BE(at)
    if (at + 4 + size > packed.length) throw new Error('snappy: a block is cut')
    blocks.push(packed.subarray(at + 4, at + 4 + size))
    at += 4 + size
  }
  return blocks
}

/** The unpacked size that stands in front of raw snappy: little-endian, seven bits a byte. */
function readSize(block: Buffer): number {
  let size = 0
  for (let at = 0; at < 5; at += 1) {
    const byte = block[at]
    if (byte === undefined) break
    size += (byte & 0x7f) * 2 ** (7 * at)
    if ((byte & 0x80) === 0) return size
  }
  throw new Error('snappy: no size')
}

function asBuffer(unpacked: string | Buffer): Buffer {
  return typeof unpacked === 'string' ? Buffer.from(unpacked) : unpacked
}
