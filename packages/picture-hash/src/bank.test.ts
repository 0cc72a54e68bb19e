import fc from 'fast-check'
import { Dice } from '../test-support/dice.js'
import { distance } from '../test-support/distance.js'
import { buildBank, buildBankAside, type BankEntry } from './index.js'

const entryOf = (hash: string, note = ''): BankEntry => ({ hash, category: 'IP', severity: 50, note, source: 'list' })

function hashOf(dice: Dice): string {
  return Array.from({ length: 64 }, () => dice.below(16).toString(16)).join('')
}

/** The hash with so many bits changed, none twice; `spread` keeps them inside of that many bits. */
function changed(dice: Dice, hash: string, bits: number, spread = 256): string {
  const digits = Array.from(hash, (digit) => Number.parseInt(digit, 16))
  const first = dice.below(256 - spread + 1)
  const places = new Set<number>()
  while (places.size < bits) places.add(first + dice.below(spread))
  for (const place of places) digits[place >> 2] = (digits[place >> 2] ?? 0) ^ (1 << (place & 3))
  return digits.map((digit) => digit.toString(16)).join('')
}

/** What a bank must find, from a scan that shares no line with it. */
function scan(entries: readonly BankEntry[], hash: string): { entry: BankEntry; distance: number }[] {
  return entries
    .map((entry) => ({ entry, distance: distance(entry.hash, hash) }))
    .filter((match) => match.distance <= 31)
    .sort((one, other) => one.distance - other.distance)
}

describe('find', () => {
  it('finds what a scan of all finds: near and far, spread and in a lump', () => {
    const near = fc.record({
      seed: fc.integer(),
      bits: fc.integer({ min: 0, max: 40 }),
      spread: fc.constantFrom(40, 64, 256),
    })
    let found = 0
    fc.assert(
      fc.property(fc.integer(), fc.array(near, { minLength: 10, maxLength: 40 }), (seed, changes) => {
        const asked = hashOf(new Dice(seed))
        const others = Array.from({ length: 300 }, (_, index) => hashOf(new Dice(seed + index + 1)))
        const close = changes.map((change) => changed(new Dice(change.seed), asked, change.bits, change.spread))
        const entries = [...others, ...close].map((hash, index) => entryOf(hash, String(index)))
        const matches = buildBank(entries).find(asked)
        expect(matches).toEqual(scan(entries, asked))
        found += matches.length
      }),
      { numRuns: 40 },
    )
    expect(found).toBeGreaterThan(200)
  })

  it('finds 31 bits however they lie, and not 32: two in each band, or all in the last', () => {
    const dice = new Dice(3)
    const asked = Array.from({ length: 100 }, () => hashOf(dice))
    const near = asked.flatMap((hash) => [
      entryOf(twoInEach(hash, 31), 'in'),
      entryOf(twoInEach(hash, 32), 'out'),
      entryOf(changed(dice, hash, 31, 32), 'lump'),
    ])
    // Enough strangers that the index is used and not the scan.
    const bank = buildBank([...Array.from({ length: 2_000 }, () => entryOf(hashOf(dice))), ...near])
    for (const hash of asked) {
      expect(bank.find(hash).map(({ entry, distance }) => [entry.note, distance])).toEqual([
        ['in', 31],
        ['lump', 31],
      ])
    }
  })

  it('is right where most are the same picture, and says them nearest first', () => {
    const dice = new Dice(5)
    const asked = hashOf(dice)
    const entries = Array.from({ length: 2_000 }, () => entryOf(changed(dice, asked, dice.below(45))))
    expect(buildBank(entries).find(asked)).toEqual(scan(entries, asked))
  })

  it('takes capitals, refuses what is no hash, and finds nothing in an empty bank', () => {
    const hash = hashOf(new Dice(7))
    expect(buildBank([entryOf(hash.toUpperCase())]).find(hash.toUpperCase())).toEqual([
      { entry: entryOf(hash), distance: 0 },
    ])
    expect(() => buildBank([entryOf('12')])).toThrow(RangeError)
    expect(() => buildBank([]).find(`${hash}0`)).toThrow(RangeError)
    expect(buildBank([]).find(hash)).toEqual([])
  })

  it('gives entries back as they went in, across lists', () => {
    const dice = new Dice(11)
    const entries: BankEntry[] = [
      { hash: hashOf(dice), category: 'TERROR', severity: 100, note: 'flag, of "x"', source: 'one' },
      { hash: hashOf(dice), category: 'SPAM', severity: 0, note: '', source: 'other' },
    ]
    const bank = buildBank(entries)
    expect(bank.size).toBe(2)
    expect(entries.map(({ hash }) => bank.find(hash)[0]?.entry)).toEqual(entries)
  })
})

describe('match', () => {
  const dice = new Dice(13)
  const [hash, mirrored, cropped, both] = [hashOf(dice), hashOf(dice), hashOf(dice), hashOf(dice)]
  const bank = buildBank([entryOf(hash, 'straight'), entryOf(mirrored, 'turned'), entryOf(cropped, 'cropped')])
  const cornerless = { hash: hashOf(dice), mirrored: hashOf(dice) }
  const picture = { hash, mirrored, wider: { hash: cropped, mirrored: both }, cornerless }

  it('looks for the picture, for its mirror image and for what it was cropped from', () => {
    expect(bank.match({ ...picture, quality: 50 })).toEqual([
      { entry: entryOf(hash, 'straight'), distance: 0, mirrored: false },
      { entry: entryOf(mirrored, 'turned'), distance: 0, mirrored: true },
      { entry: entryOf(cropped, 'cropped'), distance: 0, mirrored: false },
    ])
  })

  it('looks for what lies under a sign in a corner, straight and mirrored', () => {
    const far = { hash: hashOf(dice), mirrored: hashOf(dice), wider: { hash: both, mirrored: both }, quality: 50 }
    expect(bank.match({ ...far, cornerless: { hash, mirrored: cropped } })).toEqual([
      { entry: entryOf(hash, 'straight'), distance: 0, mirrored: false },
      { entry: entryOf(cropped, 'cropped'), distance: 0, mirrored: true },
    ])
  })

  it('says an entry once, by its nearest', () => {
    const near = { hash: changed(dice, hash, 9), mirrored: changed(dice, hash, 5) }
    expect(
      bank.match({ ...near, wider: { hash: changed(dice, hash, 7), mirrored: both }, cornerless, quality: 100 }),
    ).toEqual([{ entry: entryOf(hash, 'straight'), distance: 5, mirrored: true }])
  })

  it('says nothing of a picture in which there is nothing to see', () => {
    expect(bank.match({ ...picture, quality: 49 })).toEqual([])
  })
})

it('is built the same with pauses, and other work goes on meanwhile', async () => {
  const dice = new Dice(19)
  const entries = Array.from({ length: 20_000 }, () => entryOf(hashOf(dice)))
  let pauses = 0
  const bank = await buildBankAside(entries, () => {
    pauses += 1
    return new Promise((resolve) => setImmediate(resolve))
  })
  expect(pauses).toBeGreaterThanOrEqual(16)
  expect(bank.size).toBe(20_000)
  const atOnce = buildBank(entries)
  for (const { hash } of entries.slice(0, 50)) {
    const near = changed(dice, hash, 31)
    expect(bank.find(near)).toEqual(atOnce.find(near))
    expect(bank.find(near)).toContainEqual({ entry: entryOf(hash), distance: 31 })
  }
})

/** Two bits changed in each word of 16, so many in all. */
function twoInEach(hash: string, bits: number): string {
  const digits = Array.from(hash, (digit) => Number.parseInt(digit, 16))
  for (let bit = 0; bit < bits; bit += 1) {
    const place = (bit >> 1) * 16 + (bit & 1) * 9
    digits[place >> 2] = (digits[place >> 2] ?? 0) ^ (1 << (place & 3))
  }
  return digits.map((digit) => digit.toString(16)).join('')
}
