import { execFile } from 'node:child_process'
import { mkdtemp, readFile, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Segment } from '../src/segment.js'

const run = promisify(execFile)

/** Runs the installed ffmpeg on our own files. */
export async function ffmpeg(words: readonly string[]): Promise<void> {
  await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...words], { maxBuffer: 2 ** 20 })
}

export function makeFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'media-test-'))
}

/** Encodes a source (words in front of the output) into H.264 segments of two seconds on a stream that starts at 0. */
export async function makeSegments(source: readonly string[], codec: readonly string[] = []): Promise<Segment[]> {
  const folder = await makeFolder()
  await ffmpeg([
    ...source,
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-pix_fmt',
    'yuv420p',
    '-r',
    '25',
    '-g',
    '50',
    '-sc_threshold',
    '0',
    '-force_key_frames',
    'expr:gte(t,n_forced*2)',
    ...codec,
    '-f',
    'segment',
    '-segment_format',
    'mpegts',
    '-segment_time',
    '2',
    join(folder, '%05d.ts'),
  ])
  const names = (await readdir(folder)).sort()
  const all = await Promise.all(names.map((name) => readFile(join(folder, name))))
  return all.map((bytes, sequence) => toSegment(bytes, sequence))
}

export function toSegment(bytes: Buffer, sequence = 0): Segment {
  return { sequence, streamTimeMs: sequence * 2000, durationMs: 2000, bytes, discontinuity: false }
}
