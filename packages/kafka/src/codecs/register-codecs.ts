import kafkajs from 'kafkajs'
import { decompressGzip, decompressLz4, decompressSnappy, decompressZstd, type Decompressor } from './decompress.js'

const { CompressionTypes } = kafkajs
// The types know only codecs that kafkajs brings along.
const codecs: Record<number, unknown> = kafkajs.CompressionCodecs

// Four times the largest record that a topic of ours takes.
const largestBatch = 64 * 1024 * 1024

/** Teaches kafkajs to read all codecs of the Kafka protocol; by itself it reads gzip only, and that without a limit. */
export function registerCodecs(): void {
  register(CompressionTypes.GZIP, decompressGzip)
  register(CompressionTypes.Snappy, decompressSnappy)
  register(CompressionTypes.LZ4, decompressLz4)
  register(CompressionTypes.ZSTD, decompressZstd)
}

function register(type: number, decompressor: Decompressor): void {
  codecs[type] = () => ({
    compress: () => Promise.reject(new Error('we publish without compression')),
    decompress: (packed: Buffer) => decompressor(packed, largestBatch),
  })
}
