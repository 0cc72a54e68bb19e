import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readFileSegments } from './file-segments.js'
import { createLiveDecoder } from './live-decoder.js'
import { createSandbox } from './sandbox.js'
import { SegmentJob } from './segment-job.js'
import type { MediaType, Picture, Segment } from './segment.js'
import { ffmpeg, makeFolder, toSegment } from '../test-support/make-segments.js'

const sandbox = createSandbox()
const seconds = 6
/** Black, from 0.12 s on red, from 5.92 s on blue; a keyframe each time. */
const source = [
  `color=black:s=160x90:r=25:d=${seconds}`,
  "drawbox=c=red:t=fill:enable='gte(t,0.1)'",
  "drawbox=c=blue:t=fill:enable='gte(t,5.9)'",
].join(',')
const h264 = '-c:v libx264 -preset ultrafast -x264-params keyint=999:scenecut=0'
const vp9 = '-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 999'

async function make(name: string, codec: string): Promise<string> {
  const path = join(await makeFolder(), name)
  const keyframes = ['-force_key_frames', '0,0.12,5.92']
  await ffmpeg(['-f', 'lavfi', '-i', source, '-pix_fmt', 'yuv420p', ...codec.split(' '), ...keyframes, path])
  return path
}

const looksOf = (pictures: readonly Picture[]): unknown[] =>
  pictures.map(({ streamTimeMs, rgb }) => {
    const [red = 0, , blue = 0] = rgb
    return [Math.round(streamTimeMs / 40), red > 128 ? 'red' : blue > 128 ? 'blue' : 'black']
  })

async function decode(mediaType: MediaType, segments: readonly Segment[]): Promise<Picture[]> {
  const decoder = createLiveDecoder({ streamId: 'a', mediaType, sandbox })
  const results = segments.map((segment) => decoder.feed(segment))
  await decoder.close()
  return (await Promise.all(results)).flatMap((one) => (one.outcome === 'decoded' ? one.pictures : []))
}

test.each<[string, MediaType, string]>([
  ['stands.ts', 'video/mp2t', h264],
  ['stands.mp4', 'video/mp4', `${h264} -movflags frag_keyframe+empty_moov`],
  ['stands.mkv', 'video/x-matroska', h264],
  ['stands.webm', 'video/x-matroska', vp9],
])(
  '%s: what begins shortly behind a keyframe and stands for seconds is looked at, live and in a file',
  async (name, mediaType, codec) => {
    const path = await make(name, codec)
    const bytes = await readFile(path)
    const expected = [
      [0, 'black'],
      [3, 'red'],
      [148, 'blue'],
    ]
    const live = await decode(mediaType, [{ ...toSegment(bytes), durationMs: seconds * 1000 }])
    expect(looksOf(live)).toEqual(expected)
    const segments: Segment[] = []
    for await (const segment of readFileSegments(path, { sandbox, mediaType, size: bytes.length }))
      segments.push(segment)
    expect(looksOf(await decode('video/mp4', segments))).toEqual(expected)
  },
  60_000,
)

test.each<[string, readonly number[], readonly number[]]>([
  ['each two seconds', [0, 2000, 4000], [0, 2000, 4000]],
  ['each second', [0, 1000, 2000, 3000, 4000, 5000], [0, 2000, 4000]],
  ['of a scene that is cut to shortly behind', [0, 100, 4000], [0, 100, 4000]],
  ['the last of several that are cut to', [0, 100, 200, 300, 4000], [0, 300, 4000]],
  ['that stands to the end', [0, 100], [0, 100]],
  ['that ends soon', [0, 4500], [0, 4500]],
  ['that is cut to shortly in front of the end', [0, 2000, 4000, 4900], [0, 2000, 4000]],
])('keyframes %s', (_, times, expected) => {
  const job = new SegmentJob({ ...toSegment(Buffer.alloc(0)), durationMs: 6000 })
  for (const streamTimeMs of times)
    job.offer({ streamTimeMs, width: 1, height: 1, rgb: Buffer.alloc(3) }, undefined, 1800)
  job.endOffers(1800)
  expect(job.pictures.map(({ streamTimeMs }) => streamTimeMs)).toEqual(expected)
})
