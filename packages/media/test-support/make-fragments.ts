import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ffmpeg, makeFolder, toSegment } from './make-segments.js'
import type { Segment } from '../src/segment.js'

const x265 = (more: string): string[] => [
  '-c:v',
  'libx265',
  '-preset',
  'ultrafast',
  '-x265-params',
  `log-level=error:scenecut=0:${more}`,
]

/** How a stream may be encoded; `open`: pictures that are shown before a keyframe refer to the group of before it. */
export const encodings = {
  'H.264': ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '0'],
  'H.264 with B': ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '3'],
  'H.264 with B, open': ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '3', '-x264-params', 'open-gop=1'],
  HEVC: x265('open-gop=0:bframes=0'),
  'HEVC with B': x265('open-gop=0:bframes=3'),
  'HEVC with B, open': x265('open-gop=1:bframes=3'),
} as const
export type Encoding = keyof typeof encodings

export interface FragmentOptions {
  readonly size?: string
  /** Pictures from one keyframe to the next; each segment begins with one, but for 'endless': one in all. */
  readonly group?: number | 'endless'
}

/** The same pictures, 25 a second, in both containers, in segments of 2 s. */
export interface Stream {
  /** Behind each the same head, as a packager makes it; a fragment a segment. */
  readonly mp4: readonly Segment[]
  readonly ts: readonly Segment[]
}

export async function makeStream(encoding: Encoding, seconds: number, options: FragmentOptions = {}): Promise<Stream> {
  const { size = '160x90', group = 50 } = options
  const folder = await makeFolder()
  const [film, mp4] = [join(folder, 'film.mkv'), join(folder, 'film.mp4')]
  const endless = group === 'endless'
  const keyframes = endless ? ['-g', '9999'] : ['-g', String(group), '-force_key_frames', 'expr:gte(t,n_forced*2)']
  const source = ['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=25`, '-t', String(seconds), '-pix_fmt', 'yuv420p']
  await ffmpeg([...source, ...encodings[encoding], '-sc_threshold', '0', ...keyframes, '-forced-idr', '1', film])
  // By time, or else it would cut at every keyframe; the edge comes a rounding error early.
  const fragments = [
    '-movflags',
    'empty_moov+default_base_moof',
    '-frag_duration',
    '1990000',
    '-video_track_timescale',
    '12800',
  ]
  await ffmpeg(['-i', film, '-c', 'copy', ...fragments, mp4])
  const anywhere = endless ? ['-break_non_keyframes', '1'] : []
  const packets = ['-f', 'segment', '-segment_format', 'mpegts', '-segment_time', '2', ...anywhere]
  await ffmpeg(['-i', film, '-c', 'copy', ...packets, join(folder, '%05d.ts')])
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort()
  const ts = await Promise.all(names.map((name) => readFile(join(folder, name))))
  return { mp4: cutFragments(await readFile(mp4)).map(toSegment), ts: ts.map(toSegment) }
}

/** Each fragment behind the head of the file. */
function cutFragments(file: Buffer): Buffer[] {
  const starts: number[] = []
  for (let at = 0; at < file.length; at += file.readUInt32BE(at)) {
    const type = file.toString('latin1', at + 4, at + 8)
    if (type === 'moof' || type === 'mfra') starts.push(at)
  }
  const head = file.subarray(0, starts[0])
  return starts.slice(0, -1).map((start, at) => Buffer.concat([head, file.subarray(start, starts[at + 1])]))
}

/** Bytes behind the last box, which decoders pass over: our reader does not, so that the segment is decoded singly. */
export function asUnknown(segment: Segment): Segment {
  return { ...segment, bytes: Buffer.concat([segment.bytes, Buffer.alloc(4)]) }
}

/** The same segment with the time of its fragments moved, in ticks of its track. */
export function moveClock(segment: Segment, by: bigint): Segment {
  const bytes = Buffer.from(segment.bytes)
  for (let at = bytes.indexOf('tfdt'); at !== -1; at = bytes.indexOf('tfdt', at + 4))
    bytes.writeBigUInt64BE(bytes.readBigUInt64BE(at + 8) + by, at + 8)
  return { ...segment, bytes }
}
