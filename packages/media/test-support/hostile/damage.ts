import { box, element, overwrite, u32, withElements } from './boxes.js'
import { goodOf, mediaTypes, seeded, seededBytes, type HostileInput, type Materials } from './input.js'
import { changeTimes } from './packets.js'

/** Real media with lies about time, and real media that was hurt, by seed. */
export function damages(materials: Materials, seeds: number): HostileInput[] {
  return [
    ...jumps(materials),
    ...broken(materials),
    ...flips(materials, seeds),
    ...noise(seeds),
    ...wrongTypes(materials),
  ]
}

function jumps(materials: Materials): HostileInput[] {
  const { ts, mp4, plainMp4, mkv } = materials
  const family = 'jumps of time'
  const of = (mediaType: HostileInput['mediaType'], all: Readonly<Record<string, Buffer>>): HostileInput[] =>
    Object.entries(all).map(([name, bytes]) => ({ family, name, mediaType, bytes, neverPicture: false }))
  const double = (value: number): Buffer => {
    const bytes = Buffer.alloc(8)
    bytes.writeDoubleBE(value)
    return bytes
  }
  const info = (...parts: readonly Buffer[]): Buffer => withElements(mkv, element('1549a966', Buffer.concat(parts)))
  return [
    ...of('video/mp2t', {
      'a day forward': changeTimes(ts, (pts, at) => pts + (at > 25 ? 86_400 * 90_000 : 0)),
      'a day back': changeTimes(ts, (pts, at) => pts - (at > 25 ? 86_400 * 90_000 : 0)),
      'to and fro': changeTimes(ts, (pts, at) => pts + (at % 2) * 2 ** 32),
      'all the same': changeTimes(ts, () => 1),
      backwards: changeTimes(ts, (_, at) => 2 ** 30 - at * 3600),
      'at random': changeTimes(ts, (_, at) => seeded(at)(2 ** 32) * 2),
    }),
    ...of('video/mp4', {
      'a fragment at 2^62': overwrite(mp4, 'tfdt', 0, Buffer.concat([u32(0x01000000), u32(0x3fffffff, 0xffffffff)])),
      'a fragment at -1': overwrite(mp4, 'tfdt', 0, Buffer.concat([u32(0x01000000), u32(0xffffffff, 0xffffffff)])),
      'a clock of 0 ticks': overwrite(mp4, 'mdhd', 12, u32(0)),
      'a clock of 4 billion ticks': overwrite(mp4, 'mdhd', 12, u32(0xffffffff)),
      'a movie clock of 0': overwrite(plainMp4, 'mvhd', 12, u32(0)),
      'samples that last for ever': overwrite(plainMp4, 'stts', 12, u32(0xffffffff)),
      'samples that last below zero': overwrite(plainMp4, 'stts', 12, u32(0x80000001)),
      'a length of 2^32 - 1': overwrite(plainMp4, 'mvhd', 16, u32(0xffffffff)),
    }),
    ...of('video/x-matroska', {
      'a length that is no number': info(element('4489', double(NaN))),
      'an infinite length': info(element('4489', double(Infinity))),
      'a length below zero': info(element('4489', double(-1e300))),
      'a clock of 0': info(element('2ad7b1', Buffer.from([0]))),
      'a clock of 2^63': info(element('2ad7b1', Buffer.from('7fffffffffffffff', 'hex'))),
      'a cluster at 2^63': withElements(
        mkv,
        element('1f43b675', element('e7', Buffer.from('7fffffffffffffff', 'hex'))),
      ),
    }),
  ]
}

function broken(materials: Materials): HostileInput[] {
  const made: HostileInput[] = []
  for (const mediaType of mediaTypes) {
    const good = goodOf(materials, mediaType)
    const at = (part: number): number => Math.floor(good.length * part)
    const add = (name: string, bytes: Buffer): void => {
      made.push({ family: 'truncated and broken', name, mediaType, bytes, neverPicture: false })
    }
    for (const part of [0.001, 0.01, 0.1, 0.5, 0.9]) add(`the first ${part * 100} %`, good.subarray(0, at(part)))
    for (const part of [0.01, 0.5, 0.999]) add(`without the first ${part * 100} %`, good.subarray(at(part)))
    add('a hole of a tenth', Buffer.concat([good.subarray(0, at(0.4)), good.subarray(at(0.5))]))
    add('zeros of a tenth', Buffer.from(good).fill(0, at(0.4), at(0.5)))
    add('twice over', Buffer.concat([good, good]))
    add('its halves swapped', Buffer.concat([good.subarray(at(0.5)), good.subarray(0, at(0.5))]))
  }
  const { mp4, plainMp4 } = materials
  const overlaps: Readonly<Record<string, Buffer>> = {
    'a track larger than its movie': overwrite(plainMp4, 'trak', -8, u32(plainMp4.length)),
    'a table of size 4': overwrite(plainMp4, 'stbl', -8, u32(4)),
    'a fragment that ends in its first box': overwrite(mp4, 'moof', -8, u32(12)),
    'a run larger than its fragment': overwrite(mp4, 'trun', -8, u32(0x7fffffff)),
    'chunks in front of the file': overwrite(plainMp4, 'stco', 8, u32(0)),
    'chunks behind the file': overwrite(plainMp4, 'stco', 8, u32(0xfffffff0)),
    'configuration of size 0': overwrite(mp4, 'avcC', -8, u32(8)),
    'configuration that overlaps': overwrite(mp4, 'avcC', 5, Buffer.from('ffffffffffff', 'hex')),
    'a fragment without its head': mp4.subarray(mp4.indexOf('moof') - 4),
    'a head without fragments': mp4.subarray(0, mp4.indexOf('moof') - 4),
    'media in front of its table': Buffer.concat([box('mdat', Buffer.alloc(5000)), plainMp4]),
  }
  const family = 'truncated and broken'
  const all = Object.entries(overlaps).map(([name, bytes]): HostileInput => {
    return { family, name, mediaType: 'video/mp4', bytes, neverPicture: false }
  })
  return [...made, ...all]
}

/** A few bits, many bits, and bits in the head only. */
function flips(materials: Materials, seeds: number): HostileInput[] {
  const made: HostileInput[] = []
  const sources = [
    ...mediaTypes.map((mediaType) => ({ mediaType, good: goodOf(materials, mediaType) })),
    { mediaType: 'video/mp2t' as const, good: materials.hevcTs },
  ]
  for (const { mediaType, good } of sources) {
    for (let seed = 1; seed <= seeds * 7; seed += 1) {
      const next = seeded(seed)
      const copy = Buffer.from(good)
      const within = seed % 3 === 0 ? Math.min(2000, copy.length) : copy.length
      const count = seed % 3 === 1 ? 20 : Math.ceil(within / 100)
      for (let flip = 0; flip < count; flip += 1) {
        const at = next(within)
        copy[at] = (copy[at] ?? 0) ^ (1 << next(8))
      }
      made.push({ family: 'flipped bits', name: `seed ${seed}`, mediaType, bytes: copy, neverPicture: false })
    }
  }
  return made
}

function noise(seeds: number): HostileInput[] {
  const made: HostileInput[] = []
  const add = (name: string, mediaType: HostileInput['mediaType'], bytes: Buffer): void => {
    made.push({ family: 'noise and nothing', name, mediaType, bytes, neverPicture: true })
  }
  for (const mediaType of mediaTypes) {
    add('nothing', mediaType, Buffer.alloc(0))
    add('one byte', mediaType, Buffer.from([0x47]))
    add('zeros', mediaType, Buffer.alloc(100_000))
    add('ones', mediaType, Buffer.alloc(100_000, 0xff))
    for (let seed = 1; seed <= seeds; seed += 1) add(`noise ${seed}`, mediaType, seededBytes(seed, 200_000))
  }
  for (let seed = 1; seed <= seeds; seed += 1) {
    const packets = seededBytes(seed, 188 * 400)
    for (let at = 0; at < packets.length; at += 188) packets[at] = 0x47
    add(`noise in packets ${seed}`, 'video/mp2t', packets)
    add(`noise in a box ${seed}`, 'video/mp4', box('moov', seededBytes(seed, 50_000)))
    add(`noise in a segment ${seed}`, 'video/x-matroska', element('18538067', seededBytes(seed, 50_000)))
  }
  return made
}

function wrongTypes(materials: Materials): HostileInput[] {
  return mediaTypes.flatMap((mediaType) =>
    mediaTypes
      .filter((other) => other !== mediaType)
      .map((other): HostileInput => {
        const bytes = goodOf(materials, other)
        return { family: 'wrong media type', name: `really ${other}`, mediaType, bytes, neverPicture: true }
      }),
  )
}
