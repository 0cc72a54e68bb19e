import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { createInspector } from './inspect-segment.js'
import { createLiveDecoder } from './live-decoder.js'
import { bodyOf, readBoxes } from './mp4-boxes.js'
import { readFragments } from './mp4-fragments.js'
import { readMp4Head } from './mp4-head.js'
import { H264 } from './nal-units.js'
import { arePicturesPacked } from './packed-pictures.js'
import { createSandbox } from './sandbox.js'
import type { DecodedSegment, MediaType } from './segment.js'
import { writeFragment, writeMp4Head } from './write-mp4.js'
import { markPackets, packPictures } from '../test-support/hostile/packets.js'
import { ffmpeg, makeFolder, toSegment } from '../test-support/make-segments.js'

const PID = 0x100
const track = { pid: PID, streamType: H264 }
/** Black, from 2 s on red, from 4 s on blue, a keyframe each time. */
const scenes = [
  'color=black:s=160x96:r=25:d=6',
  "drawbox=c=red:t=fill:enable='between(t,1.99,3.98)'",
  "drawbox=c=blue:t=fill:enable='gte(t,3.98)'",
].join(',')
const h264 = ['-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-preset', 'veryfast', '-g', '50', '-sc_threshold', '0']
let folder: string
let ts: Buffer

async function make(name: string, words: readonly string[]): Promise<Buffer> {
  await ffmpeg([...words, join(folder, name)])
  return readFile(join(folder, name))
}

beforeAll(async () => {
  folder = await makeFolder()
  ts = await make('scenes.ts', ['-f', 'lavfi', '-i', scenes, ...h264, '-bf', '0'])
}, 60_000)

/** The second segment shows what a decoder held back of the first, or gave away. */
async function decodeTwice(bytes: Buffer, mediaType: MediaType = 'video/mp2t'): Promise<DecodedSegment[]> {
  const decoder = createLiveDecoder({ streamId: 'a', mediaType, sandbox: createSandbox() })
  const results = [0, 1].map((sequence) =>
    decoder.feed({ ...toSegment(bytes, sequence), streamTimeMs: sequence * 6000, durationMs: 6000 }),
  )
  await decoder.close()
  return Promise.all(results)
}

const coloursOf = (results: readonly DecodedSegment[]): unknown[] =>
  results.map((one) => {
    if (one.outcome === 'failed') return one.detail
    return one.pictures.map(({ rgb: [red = 0, , blue = 0], streamTimeMs }) => {
      const colour = red > 128 ? 'red' : blue > 128 ? 'blue' : 'black'
      return `${colour} ${Math.round((streamTimeMs % 6000) / 1000)}`
    })
  })
const seen = ['black 0', 'red 2', 'blue 4']

test.each<[string, () => Buffer, boolean]>([
  ['a picture in each packet', () => packPictures(ts, PID, 1, 0), false],
  ['a keyframe behind another picture in one packet', () => packPictures(ts, PID, 2, 1), true],
  ['all pictures in one packet', () => packPictures(ts, PID, 999, 0), true],
  [
    'packets that say they are scrambled',
    () => markPackets(ts, PID, 50, (one) => (one[3] = (one[3] ?? 0) | 0x80)),
    false,
  ],
  ['packets that say they are broken', () => markPackets(ts, PID, 50, (one) => (one[1] = (one[1] ?? 0) | 0x80)), false],
])(
  '%s: every scene that a player shows is looked at',
  async (_, toBytes, isPacked) => {
    const bytes = toBytes()
    expect(arePicturesPacked(bytes, track)).toBe(isPacked)
    expect(coloursOf(await decodeTwice(bytes))).toEqual([seen, seen])
  },
  60_000,
)

test('pictures of another size within a segment are not squeezed into that of the first: it is not looked at, what follows is', async () => {
  const small = await make('small.h264', ['-f', 'lavfi', '-i', 'testsrc2=s=32x32:r=25:d=2', ...h264])
  const large = await make('large.h264', ['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=25:d=2', ...h264])
  const raw = join(folder, 'sizes.h264')
  await writeFile(raw, Buffer.concat([small, large, small]))
  const copy = ['-framerate', '25', '-i', raw, '-c', 'copy', '-bsf:v', 'setts=ts=N*3600']
  const detail = 'the size or format of its pictures changes within it'
  const fragments = ['-movflags', 'frag_keyframe+empty_moov+default_base_moof']
  for (const [name, mediaType, more] of [
    ['sizes.ts', 'video/mp2t', []],
    ['sizes.mp4', 'video/mp4', fragments],
    ['sizes.mkv', 'video/x-matroska', []],
  ] as const) {
    const bytes = await make(name, [...copy, ...more])
    expect([name, ...coloursOf(await decodeTwice(bytes, mediaType))]).toEqual([name, detail, detail])
  }
  const decoder = createLiveDecoder({ streamId: 'a', mediaType: 'video/mp2t', sandbox: createSandbox() })
  const results = [await make('sizes.ts', copy), ts].map((bytes, at) =>
    decoder.feed({ ...toSegment(bytes, at), durationMs: 6000 }),
  )
  await decoder.close()
  expect((await Promise.all(results)).map(({ outcome }) => outcome)).toEqual(['failed', 'decoded'])
}, 60_000)

test('several pictures in one sample of MP4 are refused: of those a decoder shows one', async () => {
  const fragments = ['-movflags', 'frag_keyframe+empty_moov+default_base_moof']
  for (const more of [[], ['-x264-params', 'interlaced=1'], ['-x264-params', 'slices=4']]) {
    const bytes = await make('samples.mp4', ['-f', 'lavfi', '-i', scenes, ...h264, ...more, ...fragments])
    const inspect = createInspector('video/mp4')
    expect(inspect(toSegment(bytes))).toMatchObject({ keyframes: [{}, {}, {}].map(() => expect.any(Number)) })
    const boxes = readBoxes(bytes)
    const head = readMp4Head(bodyOf(boxes, 'moov'))
    const [first, second, ...others] = readFragments(bytes, boxes, head)
    const both = { ...first, bytes: Buffer.concat([first?.bytes ?? bytes, second?.bytes ?? bytes]), dts: 0, pts: 0 }
    const packed = Buffer.concat([writeMp4Head(head), writeFragment([both, ...others.slice(0, 20)])])
    expect(inspect(toSegment(packed))?.refused).toBe('several pictures in one sample')
  }
}, 60_000)

test('pictures are counted wherever a packet cuts them, slices are none, fields are halves', async () => {
  const sliced = await make('sliced.ts', ['-f', 'lavfi', '-i', scenes, ...h264, '-x264-params', 'slices=4'])
  expect(arePicturesPacked(sliced, track)).toBe(false)
  // Nothing but zeros and ones in front moves the second picture to any place in a packet.
  const [one, two] = [Buffer.from([0, 0, 1, 0x65, 0x88, 0x80, 0x40]), Buffer.from([0, 0, 1, 0x41, 0x9a, 0x20, 0x40])]
  for (let gap = 150; gap < 190; gap += 1) {
    const content = Buffer.concat([
      Buffer.from('000001e0000080000001', 'hex').subarray(0, 9),
      one,
      Buffer.alloc(gap, 7),
      two,
    ])
    const packets = packPictures(Buffer.concat([ts.subarray(0, 564), asPackets(content)]), PID, 1, 0)
    expect([gap, arePicturesPacked(packets, track)]).toEqual([gap, true])
  }
  const bytes = fc.uint8Array({ maxLength: 188 * 20 })
  fc.assert(fc.property(bytes, (any) => typeof arePicturesPacked(Buffer.from(any), track) === 'boolean'))
}, 60_000)

function asPackets(content: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at < content.length; at += 184) {
    const packet = Buffer.alloc(188, 7)
    packet.writeUInt32BE(0x47010010 | (at === 0 ? 0x40_0000 : 0) | ((at / 184) & 0x0f))
    content.copy(packet, 4, at, at + 184)
    parts.push(packet)
  }
  return Buffer.concat(parts)
}
