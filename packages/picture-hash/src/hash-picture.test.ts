import fc from 'fast-check'
import { distance } from '../test-support/distance.js'
import { drawScene, type Scene } from '../test-support/scenes.js'
import { hashPicture } from './index.js'

/**
 * Hash, hash of the mirror image (its `FlipY`) and quality of the reference implementation (Meta, C++,
 * github.com/facebook/ThreatExchange, folder pdq, July 2026) for the pixels of `drawScene(seed, width, height)`.
 */
const vectors: readonly [
  seed: number,
  width: number,
  height: number,
  hash: string,
  mirrored: string,
  quality: number,
][] = [
  [
    1,
    1280,
    720,
    '3987778ccb51c773cb3138a43cbcb19c5546cf43cb03a8e415ae2b8a3554d53e',
    '6cd232d99e0493269e646df16df9e4c900139a169e56fdb141fb7edf6001807b',
    100,
  ],
  [
    2,
    1920,
    1080,
    '342e3823f3f0fbd08bcb040f1c15ae789c70187b18d75f53e53c954e56aacab8',
    '617b6d76a685ae85de9e515a4940fb2dc9254d2e4d820a06b069c01b03ffdfed',
    100,
  ],
  [
    3,
    640,
    360,
    '4e6fb1c9f710068e8ad7f17257268b85c518747a2add15f3744eaa1dd129d503',
    '5bfaec9ca2655bdbdf8aa4270273ded0904d212fff8840a6213bffc8847c8056',
    79,
  ],
  [
    4,
    64,
    64,
    '1b8fe5ba6d15da593482ebd93589fb165a055a52a6a4491f970ab4d149f93664',
    '6edaf0ef78408f4c61d7be8c60dcae434f500f07f3f11c4ac25fe1849cac6331',
    100,
  ],
  [
    5,
    720,
    1280,
    '6a959a54514bb5a37294aad596a4c14d34a52495ad6b5bad3b43ad354c8b36fa',
    '3fe0cf01041ee0f627c1ff80c3f1d41861f073c0f83e0ef86e16f86099de63af',
    100,
  ],
  [
    6,
    854,
    480,
    '70276e718e3171997431c66e339170399fce91868ff90e8fc9ab7676664e8141',
    '25723b24db6c26cc2164b33be6c4256cca9bc4d3daac5bda9cfe2323331bd414',
    100,
  ],
  [
    7,
    333,
    251,
    '6197f387d1a41c742c1908199243b1ef73ce62de7cfb1cde1c261dae8653c788',
    '3cc2a6d282f14921794c5b4cc71ee4ba269b378b29ae498b4973c8fbd30e92dd',
    100,
  ],
  [
    8,
    128,
    128,
    '3f4b22db697ed6b469349693297962584bcbd494943c2d25966c68c45e9397aa',
    '6b1677863c6987e13c61c3c67c2c371d1e9e81c1c1697870c3393d914bc6c2ff',
    100,
  ],
  [
    9,
    129,
    127,
    'f91e86e1acf0551e2ee1ccf2f52f9be83922721606dbde12a32213a82125fe75',
    '244bd394f925004b7b9499a7a07ac6bd6c772543538e8b47f67746fd7470a920',
    91,
  ],
  [
    10,
    100,
    40,
    '930e2c907861665f4f1a4673ece4b7770786190e60dbcae23bfff23167644813',
    'c65b79c52d34b20a1a4f1326a9b1e2a292d36c5b358e9fb7eeaaa66432319d46',
    100,
  ],
  [
    11,
    37,
    53,
    'c2a5664de6c966cd64b985929936dab69b14d2525d555a9b621719b34db9646c',
    'b7f073b8bbbc339839ecd0c7ce638fe3ce41870708000fce37624ce638ec3139',
    100,
  ],
  [
    12,
    5,
    5,
    '6e5b380f91a4c1f0c6f1cb72ce73348d398c3e0f6e5b380f91a4c1f0c671cb72',
    '3b0e6b5ac4f194a593a49e279b2661d86cd96b5a3b0e6b5ac4f194a593249e27',
    75,
  ],
  [
    13,
    4,
    90,
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0000000000000000000000000000000000000000000000000000000000000000',
    0,
  ],
  [
    14,
    512,
    512,
    'c533f51621eec6771d623572057b9c72a8aa6095615b38ce555ac555aaaa539d',
    '9066a263f4bbd3226837e827d02ec927fdffb5c0340e6d9b000f9020ffff06c8',
    100,
  ],
  [
    15,
    1280,
    720,
    '6e63b1d16e631989d545a9aa4c7111f904e39388c4e7e950e6aa557d6b58b697',
    '3b36e4843bb64cde8012fcff192444acd3b6c6dd91b2bc05b3ff80283e0de3c2',
    87,
  ],
  [
    16,
    1920,
    1080,
    '969e74a57cf4424a0b0ab965ec758b56c7a2b485d4b5ab5c899e831c70e2dda9',
    'c3cba1f029a1071fde5fec30b920de0392f7e1d081e0ee09dccbf24925b788fc',
    66,
  ],
  [
    17,
    640,
    360,
    '932a6adbacbc537226a9d91e937466e98915da26245c9bb16e6e90bd4dd31624',
    'c67f3f8ce9e9062773bc8c4bc62133bcdc408f7371098ee43b3bc5e818864371',
    81,
  ],
]

describe('hashPicture', () => {
  it.each(vectors)(
    'is bit for bit the reference: scene %i, %i x %i',
    (seed, width, height, hash, mirrored, quality) => {
      expect(hashPicture(drawScene(seed, width, height))).toEqual({ hash, mirrored, quality })
    },
  )

  it('gives the hash of the mirror image as if it had been hashed itself, but for how pixels fall into cells', () => {
    for (let seed = 100; seed < 140; seed += 1) {
      const scene = drawScene(seed, 320, 180)
      const [straight, turned] = [hashPicture(scene), hashPicture(exchangeSides(scene))]
      expect(distance(straight.mirrored, turned.hash)).toBeLessThanOrEqual(10)
      expect(distance(straight.hash, turned.mirrored)).toBeLessThanOrEqual(10)
      expect(distance(straight.hash, turned.hash)).toBeGreaterThan(60)
    }
  })

  it('takes a picture of any size, and always says 64 hex digits and a quality', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 200 }),
        fc.integer({ min: 0, max: 200 }),
        fc.integer(),
        (width, height, seed) => {
          const { hash, mirrored, quality } = hashPicture(drawScene(seed, width, height))
          expect(hash).toMatch(/^[0-9a-f]{64}$/)
          expect(mirrored).toMatch(/^[0-9a-f]{64}$/)
          expect(quality).toBeGreaterThanOrEqual(0)
          expect(quality).toBeLessThanOrEqual(100)
        },
      ),
      { numRuns: 60 },
    )
  })

  it.each([
    ['too few bytes', { width: 10, height: 10, rgb: new Uint8Array(299) }],
    ['too many bytes', { width: 10, height: 10, rgb: new Uint8Array(301) }],
    ['a side that is no whole number', { width: 7.5, height: 2, rgb: new Uint8Array(45) }],
    ['a negative side', { width: -5, height: -5, rgb: new Uint8Array(75) }],
    ['no side at all', { width: Number.NaN, height: 2, rgb: new Uint8Array(0) }],
  ])('refuses %s', (_, picture) => {
    expect(() => hashPicture(picture)).toThrow(RangeError)
  })
})

function exchangeSides({ width, height, rgb }: Scene): Scene {
  const other = new Uint8Array(rgb.length)
  for (let index = 0; index < rgb.length; index += 1) {
    const [pixel, channel] = [Math.floor(index / 3), index % 3]
    const [row, column] = [Math.floor(pixel / width), pixel % width]
    other[(row * width + width - 1 - column) * 3 + channel] = rgb[index] ?? 0
  }
  return { width, height, rgb: other }
}
