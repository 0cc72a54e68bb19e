// Milliseconds to look a picture's hash up among 1,000,000 banned ones, beside a scan of all in the same run; the time to
// build, the memory, and the time to hash a 720p picture. Half of what is asked is near an entry, half is a stranger.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { buildBankAside, hashPicture } from '@streamkeeper/picture-hash'
import { random } from './random.mjs'
import { percentile } from './running-system.mjs'

const goals = { lookUpMs: 2, hashMs: 3 }
const size = 1_000_000
const lookUps = 2_000
const scans = 20

export async function run(say) {
  const dice = random(11)
  const hashes = new Uint32Array(size * 8).map(() => wordOf(dice))
  const before = memory()
  say(`building a bank of ${size}`)
  const rests = []
  let last = performance.now()
  const begun = last
  const bank = await buildBankAside(entriesOf(hashes), () => {
    rests.push(performance.now() - last)
    return new Promise((resolve) => setImmediate(resolve)).then(() => (last = performance.now()))
  })
  const buildMs = performance.now() - begun
  const heldMb = Math.round((memory() - before) / 2 ** 20)
  say('looking up')
  const asked = Array.from({ length: lookUps }, (_, index) =>
    index % 2 === 0 ? nearOf(hashes, dice) : Uint32Array.from({ length: 8 }, () => wordOf(dice)),
  )
  const found = asked.map((words) => timeOf(() => bank.find(hexOf(words))))
  const hits = found.filter(({ result }) => result.length > 0).length
  const scanned = asked.slice(0, scans).map((words) => timeOf(() => scan(hashes, words)))
  const agree = scanned.every(({ result }, index) => result === found[index].result.length)
  if (!agree || hits !== lookUps / 2) throw new Error(`the index is wrong: ${hits} hits, scan agrees: ${agree}`)
  return report({ found, scanned, hash: hashTimes(dice), buildMs, longestStepMs: Math.max(...rests), heldMb })
}

function report({ found, scanned, hash, buildMs, longestStepMs, heldMb }) {
  const at = (times, share) =>
    Number(
      percentile(
        times.map(({ ms }) => ms),
        share,
      ).toFixed(3),
    )
  const [lookUpMs, hashMs] = [at(found, 50), at(hash, 50)]
  return {
    figure: lookUpMs,
    unit: `ms a look-up (median of ${found.length}) among ${size} hashes, distance at most 31`,
    reference: { name: `scan of all, ms (median of ${scanned.length})`, figure: at(scanned, 50) },
    goal: goals.lookUpMs,
    ok: lookUpMs <= goals.lookUpMs && hashMs <= goals.hashMs,
    p99Ms: at(found, 99),
    hash: {
      unit: 'ms a 1280x720 picture, with its mirror image',
      median: hashMs,
      best: at(hash, 0),
      goal: goals.hashMs,
    },
    build: { ms: Math.round(buildMs), longestStepMs: Math.round(longestStepMs), heldMb },
  }
}

function timeOf(work) {
  const begun = performance.now()
  const result = work()
  return { result, ms: performance.now() - begun }
}

const memory = () => {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
const wordOf = (dice) => dice.below(2 ** 32)
const hexOf = (words) =>
  Array.from(words, (word) => word.toString(16).padStart(8, '0'))
    .reverse()
    .join('')

function* entriesOf(hashes) {
  for (let row = 0; row < hashes.length / 8; row += 1) {
    const hash = hexOf(hashes.subarray(row * 8, row * 8 + 8))
    yield { hash, category: 'OTHER', severity: 50, note: '', source: 'bench' }
  }
}

/** An entry with 31 bits changed. */
function nearOf(hashes, dice) {
  const row = dice.below(hashes.length / 8)
  const near = hashes.slice(row * 8, row * 8 + 8)
  const places = new Set()
  while (places.size < 31) places.add(dice.below(256))
  for (const place of places) near[place >> 5] ^= 1 << (place & 31)
  return near
}

/** What one would write first: eight words a hash, the sum of their differing bits. */
function scan(hashes, asked) {
  let matches = 0
  for (let from = 0; from < hashes.length; from += 8) {
    let distance = 0
    for (let word = 0; word < 8 && distance <= 31; word += 1) distance += bitsOf(hashes[from + word] ^ asked[word])
    if (distance <= 31) matches += 1
  }
  return matches
}

function bitsOf(word) {
  let sum = word - ((word >>> 1) & 0x55555555)
  sum = (sum & 0x33333333) + ((sum >>> 2) & 0x33333333)
  return Math.imul((sum + (sum >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

function hashTimes(dice) {
  const [width, height] = [1280, 720]
  const rgb = Uint8Array.from({ length: width * height * 3 }, () => dice.below(256))
  const times = Array.from({ length: 150 }, () => timeOf(() => hashPicture({ width, height, rgb })))
  return times.slice(20)
}
