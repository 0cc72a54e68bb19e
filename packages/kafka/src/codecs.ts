import { decompress } from 'fzstd'
import kafkajs from 'kafkajs'
import { compressFrameSync, decompressFrameSync } from 'lz4-napi'
import { compressSync, uncompressSync } from 'snappy'

const { CompressionCodecs, CompressionTypes } = kafkajs

/** The framing that Java clients put around Snappy: a header of 16 bytes, then blocks with their length before them. */
const xerialHeader = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
const xerialHeaderLength = 16

let isRegistered = false

/** Lets kafkajs, which reads gzip alone, read snappy, lz4 and zstd batches too. We write none of them. */
export function registerCodecs(): void {
  if (isRegistered) return
  isRegistered = true
  CompressionCodecs[CompressionTypes.Snappy] = () => ({
    compress: async ({ buffer }: { buffer: Buffer }) => compressSync(buffer),
    decompress: async (buffer: Buffer) => readSnappy(buffer),
  })
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: async ({ buffer }: { buffer: Buffer }) => compressFrameSync(buffer),
    decompress: async (buffer: Buffer) => decompressFrameSync(buffer),
  })
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: async () => Promise.reject(new Error('zstd is only read')),
    decompress: async (buffer: Buffer) => Buffer.from(decompress(buffer)),
  })
}

/** Snappy, plain or in the Java clients' framing. Throws on truncated input. */
function readSnappy(buffer: Buffer): Buffer {
  if (!buffer.subarray(0, xerialHeader.length).equals(xerialHeader))
    return uncompressSync(buffer, { asBuffer: true }) as Buffer
  const blocks: Buffer[] = []
  for (let at = xerialHeaderLength; at < buffer.length;) {
    const length = buffer.readInt32BE(at)
    const end = at + 4 + length
    if (length < 0 || end > buffer.length) throw new RangeError('a snappy block reaches beyond the end')
    blocks.push(uncompressSync(buffer.subarray(at + 4, end), { asBuffer: true }) as Buffer)
    at = end
  }
  return Buffer.concat(blocks)
}
