import { gzipSync } from 'node:zlib'
import { compressFrameSync } from 'lz4-napi'
import { compressSync } from 'snappy'
import { decompressGzip, decompressLz4, decompressSnappy, decompressZstd } from './decompress.js'
import { packedByJava } from './_packed-by-java.js'

const plain = Buffer.from(Array.from({ length: 6000 }, (_, n) => `record ${n % 10} 直播\n`).join(''))
const limit = 1024 * 1024
const codecs = [
  { name: 'gzip', decompress: decompressGzip },
  { name: 'snappy', decompress: decompressSnappy },
  { name: 'lz4', decompress: decompressLz4 },
  { name: 'zstd', decompress: decompressZstd },
] as const

describe.each(codecs)('$name', ({ name, decompress }) => {
  const packed = Buffer.from(packedByJava[name], 'base64')

  it('reads what the Java client packs', async () => {
    expect((await decompress(packed, limit)).equals(plain)).toBe(true)
  })

  it('refuses what would unpack to more than the limit, by name', async () => {
    const call = async (): Promise<Buffer> => decompress(packed, plain.length - 40_000)
    await expect(call()).rejects.toMatchObject({ name: 'BatchTooLargeError', retriable: false })
  })

  it('fails on input that is cut anywhere, or none at all', async () => {
    for (const length of [0, 1, 3, 10, 17, Math.floor(packed.length / 2), packed.length - 5]) {
      const call = async (): Promise<Buffer> => decompress(packed.subarray(0, length), limit)
      const outcome = await call().then(
        (unpacked) => `${unpacked.length} bytes from ${length}`,
        () => 'failed',
      )
      expect(outcome).toBe('failed')
    }
  })
})

it('reads what other clients pack: raw snappy, checked lz4 blocks, plain gzip', async () => {
  expect((await decompressSnappy(compressSync(plain), limit)).equals(plain)).toBe(true)
  const checked = compressFrameSync(plain, { contentChecksum: true, blockChecksums: true })
  expect((await decompressLz4(checked, limit)).equals(plain)).toBe(true)
  expect((await decompressGzip(gzipSync(plain), limit)).equals(plain)).toBe(true)
})
