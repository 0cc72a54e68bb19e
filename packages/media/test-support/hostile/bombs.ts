import { join } from 'node:path'
import { readFile } from 'node:fs/promises'
import { ffmpeg, makeFolder } from '../make-segments.js'
import { box, element, overwrite, u32, withElements } from './boxes.js'
import type { HostileInput, Materials } from './input.js'
import { tablePacket } from './packets.js'

type Named = Readonly<Record<string, Buffer>>

const MANY = 0x0fffffff

/** Little that claims or becomes much. */
export async function bombs(materials: Materials): Promise<HostileInput[]> {
  const of = (family: string, mediaType: HostileInput['mediaType'], all: Named): HostileInput[] =>
    Object.entries(all).map(([name, bytes]) => ({ family, name, mediaType, bytes, neverPicture: false }))
  const { mp4, mkv } = await encoded()
  return [
    ...of('bomb of pixels and frames', 'video/mp4', mp4),
    ...of('bomb of pixels and frames', 'video/x-matroska', mkv),
    ...of('bomb of streams', 'video/mp2t', manyPrograms(materials)),
    ...of('bomb of streams', 'video/mp4', manyTracks(materials)),
    ...of('bomb of streams', 'video/x-matroska', manyEntries(materials)),
    ...of('nesting and loops', 'video/mp4', nestedBoxes(materials)),
    ...of('nesting and loops', 'video/x-matroska', nestedElements(materials)),
    ...of('huge counts', 'video/mp4', hugeCounts(materials)),
  ]
}

async function encoded(): Promise<{ mp4: Named; mkv: Named }> {
  const folder = await makeFolder()
  const one = async (name: string, size: string, ...codec: readonly string[]): Promise<Buffer> => {
    const file = join(folder, name)
    await ffmpeg(['-f', 'lavfi', '-i', `color=white:s=${size}:r=2000`, ...codec, file])
    return readFile(file)
  }
  const single = ['-frames:v', '1', '-c:v']
  const x264 = ['libx264', '-preset', 'ultrafast', '-movflags', 'frag_keyframe+empty_moov']
  return {
    mp4: {
      'a picture of 16000 x 600': await one('wide.mp4', '16000x600', ...single, ...x264),
      'a picture of 4000 x 4000': await one('square.mp4', '4000x4000', ...single, ...x264),
      'a strip of 16000 x 2': await one('strip.mp4', '16000x2', ...single, ...x264),
      'a strip of 2 x 16000': await one('tall.mp4', '2x16000', ...single, ...x264),
      '4000 keyframes in 2 s': await one('fast.mp4', '16x16', '-frames:v', '4000', '-g', '1', '-c:v', ...x264),
    },
    mkv: {
      'a PNG of 12000 x 1000': await one('png.mkv', '12000x1000', ...single, 'png'),
      'a JPEG of 12000 x 1000': await one('jpeg.mkv', '12000x1000', ...single, 'mjpeg'),
      '4000 JPEGs in 2 s': await one('fast.mkv', '16x16', '-frames:v', '4000', '-c:v', 'mjpeg'),
    },
  }
}

/** 40 programs of 30 tracks each, all of them pictures. */
function manyPrograms({ ts }: Materials): Named {
  const programs = Array.from({ length: 40 }, (_, at) => at + 1)
  const list = Buffer.concat(programs.map((number) => Buffer.from([0, number, 0xe1, number])))
  const maps = programs.map((number) => {
    const tracks = Array.from({ length: 30 }, (_, at) => {
      const pid = 0x200 + number * 30 + at
      return Buffer.from([at % 2 === 0 ? 0x1b : 0x24, 0xe0 | (pid >> 8), pid & 0xff, 0xf0, 0])
    })
    return tablePacket(0x100 + number, 2, number, Buffer.concat([Buffer.from([0xe0, 0x50, 0xf0, 0]), ...tracks]))
  })
  const tables = Buffer.concat([tablePacket(0, 0, 1, list), ...maps])
  const starts = Array.from({ length: 1200 }, (_, at) => pesStart(0x21e + at))
  return {
    '1200 tracks, then media': Buffer.concat([tables, ts]),
    '1200 tracks that all begin': Buffer.concat([tables, ...starts, ts]),
    '3000 versions of the tables': Buffer.concat([...Array.from({ length: 75 }, () => tables), ts]),
    'a program map that is its own list': Buffer.concat([tablePacket(0, 0, 1, Buffer.from([0, 1, 0xe0, 0])), ts]),
  }
}

function pesStart(pid: number): Buffer {
  const packet = Buffer.alloc(188, 0xff)
  Buffer.from([0x47, 0x40 | (pid >> 8), pid & 0xff, 0x10, 0, 0, 1, 0xe0, 0, 0, 0x80, 0x80, 5, 0x21, 0, 1, 0, 1]).copy(
    packet,
  )
  return packet
}

function bodyOf(bytes: Buffer, type: string): { at: number; whole: Buffer } {
  const at = bytes.indexOf(type, 0, 'latin1') - 4
  return { at, whole: bytes.subarray(at, at + bytes.readUInt32BE(at)) }
}

function insertInMovie(mp4: Buffer, extra: Buffer): Buffer {
  const { at, whole } = bodyOf(mp4, 'moov')
  const end = at + whole.length
  return Buffer.concat([mp4.subarray(0, at), box('moov', whole.subarray(8), extra), mp4.subarray(end)])
}

function manyTracks({ mp4 }: Materials): Named {
  const track = bodyOf(mp4, 'trak').whole
  const times = (count: number): Buffer => insertInMovie(mp4, Buffer.concat(Array.from({ length: count }, () => track)))
  const empty = Buffer.concat(Array.from({ length: 20_000 }, () => box('trak')))
  return { '500 tracks': times(500), '5000 tracks': times(5000), '20000 empty tracks': insertInMovie(mp4, empty) }
}

function manyEntries({ mkv }: Materials): Named {
  const entry = element(
    'ae',
    Buffer.concat([element('d7', Buffer.from([9])), element('83', Buffer.from([1])), element('86', 'V_VP8')]),
  )
  const entries = (count: number): Buffer =>
    element('1654ae6b', Buffer.concat(Array.from({ length: count }, () => entry)))
  const cue = element(
    'bb',
    Buffer.concat([element('b3', Buffer.alloc(8, 1)), element('b7', element('f1', Buffer.alloc(8, 1)))]),
  )
  const cues = element('1c53bb6b', Buffer.concat(Array.from({ length: 20_000 }, () => cue)))
  return {
    '1000 tracks': withElements(mkv, entries(1000)),
    '10000 tracks': withElements(mkv, entries(10_000)),
    '20000 cues': withElements(mkv, cues),
  }
}

/** A box in a box, so many deep, each with a right size. */
function nest(depth: number, type: string): Buffer {
  const heads = Array.from({ length: depth }, (_, at) => Buffer.concat([u32(8 * (depth - at)), Buffer.from(type)]))
  return Buffer.concat(heads)
}

function nestedBoxes({ mp4 }: Materials): Named {
  const head = mp4.subarray(0, bodyOf(mp4, 'moov').at)
  return {
    'moov 100 deep': Buffer.concat([head, nest(100, 'moov')]),
    'trak 20000 deep': insertInMovie(mp4, nest(20_000, 'trak')),
    'udta 100000 deep': insertInMovie(mp4, nest(100_000, 'udta')),
    'moof 20000 deep': Buffer.concat([mp4, nest(20_000, 'moof')]),
    'meta in ilst 20000 deep': insertInMovie(mp4, box('udta', nest(20_000, 'ilst'))),
    'boxes of size 0 for ever': Buffer.concat([head, Buffer.alloc(80_000)]),
    'boxes of size 8': Buffer.concat([
      head,
      ...Array.from({ length: 50_000 }, () => box('free')),
      mp4.subarray(head.length),
    ]),
    'a box of 2^63 bytes': Buffer.concat([head, u32(1), Buffer.from('moov'), u32(0x7fffffff, 0xffffffff)]),
    'a box of -1 bytes': Buffer.concat([head, u32(1), Buffer.from('moov'), u32(0xffffffff, 0xffffffff)]),
  }
}

function nestedElements({ mkv }: Materials): Named {
  let deep: Buffer = Buffer.alloc(0)
  for (let level = 0; level < 2000; level += 1) deep = element('b6', deep)
  let tags: Buffer = Buffer.alloc(0)
  for (let level = 0; level < 2000; level += 1) tags = element('67c8', tags)
  const unknown = Buffer.concat(Array.from({ length: 20_000 }, () => Buffer.from('1853806701ffffffffffffff', 'hex')))
  const seek = element(
    '4dbb',
    Buffer.concat([element('53ab', Buffer.from('114d9b74', 'hex')), element('53ac', Buffer.from([0]))]),
  )
  return {
    'chapters 2000 deep': withElements(mkv, element('1043a770', element('45b9', deep))),
    'tags 2000 deep': withElements(mkv, element('1254c367', element('7373', tags))),
    'segments in segments of unknown size': withElements(mkv, unknown),
    'an index of itself, 5000 times': withElements(
      mkv,
      element('114d9b74', Buffer.concat(Array.from({ length: 5000 }, () => seek))),
    ),
    'an element of 2^56 bytes': withElements(mkv, Buffer.from('1549a96601fffffffffffffe', 'hex')),
    'tracks that are compressed zeros': withElements(
      mkv,
      element('1654ae6b', element('ae', element('6d80', Buffer.alloc(100_000)))),
    ),
  }
}

function hugeCounts({ plainMp4, mp4 }: Materials): Named {
  const tables = ['stts', 'stsc', 'stsz', 'stco', 'stss', 'dref', 'stsd'] as const
  const counts = tables.map((type): [string, Buffer] => [
    `${type} of 268 million`,
    overwrite(plainMp4, type, type === 'stsz' ? 8 : 4, u32(MANY)),
  ])
  const sample = overwrite(plainMp4, 'stts', 8, u32(MANY))
  const index = box('sidx', u32(0, 1, 1000, 0, 0, 0xffff), Buffer.alloc(12 * 0xffff))
  return {
    ...Object.fromEntries(counts),
    'stts with 268 million samples': sample,
    'stsc with 268 million samples': overwrite(plainMp4, 'stsc', 12, u32(MANY)),
    'trun of 268 million': overwrite(mp4, 'trun', 4, u32(MANY)),
    'sidx of 65535 without media': Buffer.concat([
      mp4.subarray(0, bodyOf(mp4, 'moof').at),
      index,
      mp4.subarray(bodyOf(mp4, 'moof').at),
    ]),
    'ctts of 268 million': insertInMovie(plainMp4, box('ctts', u32(0, MANY, 1, 1))),
    'sbgp of 268 million': insertInMovie(plainMp4, box('sbgp', u32(0), 'roll', u32(MANY, 1, 1))),
    'elst of 268 million': insertInMovie(plainMp4, box('edts', box('elst', u32(0, MANY, 1, 1, 1)))),
    'senc of 268 million': insertInMovie(plainMp4, box('senc', u32(2, MANY))),
    'saio of 268 million': insertInMovie(plainMp4, box('saio', u32(0, MANY))),
    'trex of 268 million': overwrite(mp4, 'trex', 12, u32(MANY)),
  }
}
