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
    'b307d6ce38f3ac738d516aacd30cd75c54469ce30d03aae4572ec39a3554552e',
    'e652839b6da6f926d8043ff99ed996090133d9b65856ffb1027b96cf6021007b',
    100,
  ],
  [
    2,
    1920,
    200,
    '171f0a1f63e0b3236af43834c7b8c71fd1f118d325e2851ac7fc328f31c70a3e',
    'ca4a5f4a36b5e6763fa16d6192ed924a84a44d8638b7c04f92a967da24925f6b',
    93,
  ],
  [
    3,
    640,
    360,
    '4c2fb1c1f7100eae8a9ff17257268b85c518747a2afd15d3746eaa1dd129d503',
    '3bbaec9ca2455bfbdfcaa4270273ded0904d212fffa84086213bffc8847c8056',
    82,
  ],
  [
    4,
    64,
    64,
    '930d6dbaad654ad996e2ebd9a5e82f141a4556d2a6a4491f970ab4d149f9b624',
    'c65838eff4301f8cc337ff8cf0bd7e414f100107f3f11c4ec05fe1841cace371',
    100,
  ],
  [
    5,
    720,
    1280,
    '42859a54594bbda55694fed596a0814d24ad2495ad4b5fad7b4369354c8b36fa',
    '37d8cf011c1ee8f407c1ab80c3f5d41871f871c0f83e8af82e1efc6019de63af',
    100,
  ],
  [
    6,
    854,
    480,
    '8c3b6e710e7171b17e31c64e71c170318fce9186f1e90ecfc98b7676764e8141',
    'd96e3b24db2424ec2b64bb1b64d42564da9bd4d3a4bc5b9adcde2323231bd414',
    100,
  ],
  [
    7,
    333,
    251,
    '7197718745248c748e139e199b4b21ef634e62df5cfb18de1c268dae8653c788',
    '26c224d218f1f921db46cb4cce1e74ba361b378a09ae4d8b4973d8fbd30692dd',
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
    '379ec865ae6c559a68658ef605a7dae83b22369264dbde12a32351a821a5ae77',
    '60cb9d30fb1900cf3d30d92350d28f3d667761c7318e8347f67604fd74f0f922',
    90,
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
    '4aa5224dee4926cc6cb985929b16cbb69b14d252dbd55a99623799b365b9646c',
    '1ff07718bb1c739939ecd0c7ce439ee3ce4187078e808f8c3762cce630ec3139',
    100,
  ],
  [
    12,
    5,
    5,
    '695a9e2796a561d89b2664d96b5a9326348d9f27695a9e2796a561d88b6264d9',
    '3c0fcb72c3f0348dce73318c3e0fc67361d8ca723c0f8b62c3f0348dde37318c',
    51,
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
    'a43259cbc2baa6331dc38d7235703dc189e2e635714309ce555ab555eaab52dd',
    'f1678c9e97eff3664896dc2760256894deb7b36124165c9b000fe840bffe0788',
    100,
  ],
]

describe('hashPicture', () => {
  it.each(vectors)(
    'is bit for bit the reference: scene %i, %i x %i',
    (seed, width, height, hash, mirrored, quality) => {
      expect(hashPicture(drawScene(seed, width, height))).toMatchObject({ hash, mirrored, quality })
    },
  )

  it('gives the hash of the mirror image as if it had been hashed itself, but for how pixels fall into cells', () => {
    for (let seed = 100; seed < 108; seed += 1) {
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
        fc.integer({ min: 0, max: 120 }),
        fc.integer({ min: 0, max: 120 }),
        fc.integer(),
        (width, height, seed) => {
          const { hash, mirrored, quality } = hashPicture(drawScene(seed, width, height))
          expect(hash).toMatch(/^[0-9a-f]{64}$/)
          expect(mirrored).toMatch(/^[0-9a-f]{64}$/)
          expect(quality).toBeGreaterThanOrEqual(0)
          expect(quality).toBeLessThanOrEqual(100)
        },
      ),
      { numRuns: 30 },
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
