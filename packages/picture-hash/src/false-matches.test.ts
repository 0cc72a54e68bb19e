import { Dice } from '../test-support/dice.js'
import { drawScene } from '../test-support/scenes.js'
import { buildBank, hashPicture, lowestQuality, type HashedPicture } from './index.js'

/** A long run by hand: `STREAMKEEPER_TEST_SCENES=30000`. */
const count = Number(process.env['STREAMKEEPER_TEST_SCENES'] ?? 2_000)

it(`matches none of ${count} drawn scenes with another`, () => {
  const pictures = Array.from({ length: count }, (_, seed) => hashPicture(drawScene(seed + 1, 128, 72)))
  const useful = pictures.filter(({ quality }) => quality >= lowestQuality)
  const falseMatches = countFalseMatches(useful)
  const bound = (3 / useful.length).toExponential(1)
  process.stdout.write(
    `${useful.length} of ${count} scenes are of use; ${falseMatches} false matches; with 95 % certainty below ` +
      `${bound} a picture looked up among ${useful.length} (rule of three)\n`,
  )
  expect(useful.length).toBeGreaterThan(count * 0.6)
  expect(falseMatches).toBe(0)
}, 3_600_000)

/** Matches of a picture, or of its mirror image, with another one. */
function countFalseMatches(pictures: readonly HashedPicture[]): number {
  const bank = buildBank(
    pictures.map(({ hash }, index) => ({
      hash,
      category: 'OTHER',
      severity: 0,
      note: String(index),
      source: 'scenes',
    })),
  )
  return pictures
    .map((picture, index) => bank.match(picture).filter(({ entry }) => entry.note !== String(index)).length)
    .reduce((sum, matches) => sum + matches, 0)
}

describe('a picture with nothing to see', () => {
  const size = { width: 320, height: 180 }
  const draw = (colour: (x: number, y: number) => number): HashedPicture => {
    const rgb = Uint8Array.from({ length: size.width * size.height * 3 }, (_, index) => {
      const pixel = Math.floor(index / 3)
      return colour(pixel % size.width, Math.floor(pixel / size.width))
    })
    return hashPicture({ ...size, rgb })
  }
  const dice = new Dice(23)

  it.each([
    ['black', draw(() => 0)],
    ['white', draw(() => 255)],
    ['a soft ramp', draw((x, y) => 100 + x / 8 + y / 8)],
    ['faint noise', draw(() => 120 + dice.below(6))],
  ])('%s has a low quality and matches nothing, not even itself', (_, picture) => {
    expect(picture.quality).toBeLessThan(lowestQuality)
    const entry = { hash: picture.hash, category: 'OTHER', severity: 0, note: '', source: 'flat' } as const
    expect(buildBank([entry]).match(picture)).toEqual([])
  })
})
