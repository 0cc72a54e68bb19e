import { createInspector, type Inspector } from './inspect-segment.js'
import { inspectTransportStream } from './inspect-transport-stream.js'
import { createLiveDecoder } from './live-decoder.js'
import { createSandbox } from './sandbox.js'
import { ffmpeg, makeFolder, makeSegments, toSegment } from '../test-support/make-segments.js'
import { mapPacket, movePid, tablePacket } from '../test-support/hostile/packets.js'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

const [map, picture, other] = [0x1000, 0x100, 0x200]
const source = ['-f', 'lavfi', '-i', 'testsrc2=s=96x64:r=25']
let ts: Buffer
let folder: string
beforeAll(async () => {
  folder = await makeFolder()
  ts = (await makeSegments([...source, '-t', '2']))[0]?.bytes ?? Buffer.alloc(0)
}, 60_000)

const refusalOf = (...parts: readonly Buffer[]): string | undefined =>
  inspectTransportStream(Buffer.concat(parts)).refused
const behind = (bytes: Buffer): Buffer => movePid(bytes, picture, other)
const programs = tablePacket(0, 0, 1, Buffer.from([0, 1, 0xf0, 0, 0, 2, 0xf0, 1]))

test.each<[string, () => Buffer[]]>([
  ['a map that changes in the middle', () => [ts, mapPacket(map, other), behind(ts)]],
  ['a second program', () => [programs, mapPacket(map + 1, other), ts, behind(ts)]],
  ['the first map behind its pictures', () => [behind(ts), ts, mapPacket(map, other, 0x06)]],
  ['a stream that no table names', () => [ts, behind(ts)]],
  ['the same stream in another codec', () => [ts, mapPacket(map, picture, 0x24), ts]],
  ['packets that are marked as broken', () => [ts, mapPacket(map, other), broken(behind(ts))]],
])('refused: %s', (_, parts) => {
  expect(refusalOf(...parts())).toBe('several picture tracks')
})

function broken(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  for (let at = 0; at < copy.length; at += 188) copy[at + 1] = (copy[at + 1] ?? 0) | 0x80
  return copy
}

test.each<[string, () => Buffer[]]>([
  ['the map again and again', () => [ts, mapPacket(map, picture), ts, mapPacket(map, picture)]],
  ['a picture that is named but never comes', () => [programs, mapPacket(map + 1, other), ts]],
  ['a map that is not in force yet', () => [ts, notYet(mapPacket(map, picture, 0x24))]],
])('one picture track: %s', (_, parts) => {
  expect(refusalOf(...parts())).toBeUndefined()
})

function notYet(table: Buffer): Buffer {
  const copy = Buffer.from(table)
  copy[10] = (copy[10] ?? 0) & 0xfe
  return copy
}

test('a table that goes over several packets is read, whatever its tracks call themselves', () => {
  const names = Buffer.concat(Array.from({ length: 60 }, (_, at) => Buffer.from([0x0f, 0xe3, at, 0xf0, 0])))
  const entry = Buffer.from([0x1b, 0xe2, 0, 0xf0, 0])
  const section = sectionOf(Buffer.concat([Buffer.from([0xe1, 0, 0xf0, 0]), names, entry]))
  const cut = [section.subarray(0, 183), section.subarray(183)]
  const packets = cut.map((part, at) => {
    const packet = Buffer.alloc(188, 0xff)
    Buffer.from([0x47, at === 0 ? 0x50 : 0x10, 0, 0x10 + at, ...(at === 0 ? [0] : []), ...part]).copy(packet)
    return packet
  })
  const quiet = Buffer.from(behind(ts))
  // Private data by the packets' own word.
  for (let at = quiet.indexOf('000001e0', 0, 'hex'); at !== -1; at = quiet.indexOf('000001e0', at, 'hex'))
    quiet[at + 3] = 0xbd
  expect(refusalOf(ts, ...packets, quiet)).toBe('several picture tracks')
  expect(refusalOf(ts, quiet)).toBeUndefined()
})

function sectionOf(entries: Buffer): Buffer {
  const length = 5 + entries.length + 4
  const head = Buffer.from([2, 0xb0 | (length >> 8), length & 0xff, 0, 1, 0xc1, 0, 0])
  return Buffer.concat([head, entries, Buffer.alloc(4)])
}

test('sound, data and several of each beside one picture are nothing to refuse', async () => {
  const file = join(folder, 'many.ts')
  const sounds = ['-f', 'lavfi', '-i', 'sine', '-f', 'lavfi', '-i', 'sine=f=900']
  const maps = ['-map', '0', '-map', '1', '-map', '2', '-c:a:0', 'aac', '-c:a:1', 'ac3', '-c:v', 'libx264']
  await ffmpeg([...source, ...sounds, '-t', '1', ...maps, '-pix_fmt', 'yuv420p', file])
  expect(refusalOf(await readFile(file))).toBeUndefined()
}, 60_000)

test('another stream from one segment to the next is nothing to refuse; what was named before is remembered', async () => {
  const decoder = createLiveDecoder({ streamId: 'a', mediaType: 'video/mp2t', sandbox: createSandbox() })
  const next = Buffer.concat([ts.subarray(0, 376), mapPacket(map, other), behind(ts.subarray(564))])
  const results = [ts, next, Buffer.concat([ts, next])].map((bytes, at) => decoder.feed(toSegment(bytes, at)))
  await decoder.close()
  expect((await Promise.all(results)).map(({ outcome }) => outcome)).toEqual(['decoded', 'decoded', 'failed'])
}, 60_000)

test('of files one behind the other in Matroska a decoder knows the first: refused', async () => {
  const file = join(folder, 'one.mkv')
  await ffmpeg([...source, '-t', '1', '-c:v', 'libx264', '-preset', 'ultrafast', file])
  const one = await readFile(file)
  const inspect: Inspector = createInspector('video/x-matroska')
  expect(inspect(toSegment(one))).toBeUndefined()
  expect(inspect(toSegment(Buffer.concat([one, one])))?.refused).toBe('several files in one segment')
}, 60_000)
