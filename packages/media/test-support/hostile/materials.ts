import { createServer } from 'node:net'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ffmpeg, makeFolder } from '../make-segments.js'
import type { Materials } from './input.js'

/** Pure magenta, which nothing else shows: what a picture of the canary looks like. */
const CANARY_SOURCE = 'color=0xff00ff:s=320x180:r=25'

export interface Honey {
  readonly url: string
  /** So many times somebody came. */
  visits(): number
  close(): Promise<void>
}

/** A server that nobody may ever call. */
export async function openHoney(): Promise<Honey> {
  let visits = 0
  const server = createServer((socket) => {
    visits += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const close = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()))
  return { url: `http://127.0.0.1:${port}/a.ts`, visits: () => visits, close }
}

/** Encodes what the inputs are made from. The canary is real media of one colour with its mark in front. */
export async function makeMaterials(mark: string, honeyUrl: string): Promise<Materials> {
  const folder = await makeFolder()
  const one = async (name: string, codec: readonly string[], source = 'testsrc2=s=320x180:r=25'): Promise<Buffer> => {
    const file = join(folder, name)
    await ffmpeg(['-f', 'lavfi', '-i', source, '-t', '2', '-pix_fmt', 'yuv420p', '-c:v', ...codec, file])
    return readFile(file)
  }
  const x264 = ['libx264', '-preset', 'ultrafast', '-g', '25', '-bf', '0']
  const canaryPath = join(folder, 'canary.ts')
  await writeFile(canaryPath, Buffer.concat([Buffer.from(mark), await one('colour.ts', x264, CANARY_SOURCE)]))
  return {
    ts: await one('good.ts', x264),
    mp4: await one('good.mp4', [...x264, '-movflags', 'frag_keyframe+empty_moov+default_base_moof']),
    plainMp4: await one('plain.mp4', [...x264, '-movflags', 'faststart']),
    mkv: await one('good.mkv', x264),
    hevcTs: await one('hevc.ts', ['libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error:keyint=25']),
    canaryPath,
    honeyUrl,
  }
}

/** True when the mark is in these bytes, or their picture is magenta. */
export function showsCanary(rgb: Buffer, mark: string): boolean {
  if (rgb.includes(mark)) return true
  let magenta = 0
  for (let at = 0; at + 2 < rgb.length; at += 3) {
    if ((rgb[at] ?? 0) > 200 && (rgb[at + 1] ?? 255) < 60 && (rgb[at + 2] ?? 0) > 200) magenta += 1
  }
  return magenta * 3 > rgb.length / 2
}
