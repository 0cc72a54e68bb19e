import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { recordSegment } from '@streamkeeper/database'
import { cutSegments, filmPath } from '@streamkeeper/media'
import type { System } from './start-system.js'

export interface MediaOptions {
  /** Default: MPEG-TS. */
  readonly mediaType?: 'video/mp2t' | 'video/mp4'
  /** Sequences that are noted; default: all three of the film. */
  readonly only?: readonly number[]
}

interface Cut {
  readonly bytes: Buffer
  readonly durationMs: number
}

/** Real H.264 of the film in segments of 2 s, as ingest would have noted it. */
export async function addMedia(
  { spool, database }: Pick<System, 'spool' | 'database'>,
  streamId: string,
  { mediaType = 'video/mp2t', only }: MediaOptions = {},
): Promise<void> {
  const segments = await (mediaType === 'video/mp4' ? cutFragments() : cutPackets())
  let streamTimeMs = 0
  for (const [sequence, { bytes, durationMs }] of segments.entries()) {
    if (only === undefined || only.includes(sequence)) {
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      const spoolKey = `${streamId}/${sequence}-${sha256}`
      await spool.put(spoolKey, bytes, { contentType: mediaType })
      const origin = { topic: 'live.segments', partition: 0, offset: BigInt(sequence), brokerAt: Date.now() }
      const row = { streamId, sequence, sha256, size: bytes.length, streamTimeMs, durationMs, mediaType }
      const noted = { ...row, discontinuity: false, spoolKey, origin, receivedAt: new Date() }
      await recordSegment(database, noted)
    }
    streamTimeMs += durationMs
  }
}

function cutPackets(): Promise<Cut[]> {
  return inFolder(async (folder) => {
    const segments = await cutSegments(fileURLToPath(filmPath), join(folder, 'ts'), { segmentMs: 2_000 })
    return Promise.all(segments.map(async ({ path, durationMs }) => ({ bytes: await readFile(path), durationMs })))
  })
}

/** Fragmented MP4, each segment with the init segment in front, as platforms send it. */
function cutFragments(): Promise<Cut[]> {
  return inFolder(async (folder) => {
    const encode = [
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      '-g',
      '48',
      '-keyint_min',
      '48',
      '-sc_threshold',
      '0',
      '-an',
    ]
    const cut = ['-f', 'hls', '-hls_time', '2', '-hls_playlist_type', 'vod', '-hls_segment_type', 'fmp4']
    const words = ['-v', 'error', '-i', fileURLToPath(filmPath), ...encode, '-pix_fmt', 'yuv420p', '-r', '24', ...cut]
    await promisify(execFile)('ffmpeg', [...words, join(folder, 'list.m3u8')])
    const init = await readFile(join(folder, 'init.mp4'))
    const list = await readFile(join(folder, 'list.m3u8'), 'utf8')
    const parts = [...list.matchAll(/#EXTINF:([\d.]+),\n(\S+)/g)]
    return Promise.all(
      parts.map(async ([, seconds, name = '']) => ({
        bytes: Buffer.concat([init, await readFile(join(folder, name))]),
        durationMs: Math.round(Number(seconds) * 1000),
      })),
    )
  })
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'streamkeeper-clip-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}
