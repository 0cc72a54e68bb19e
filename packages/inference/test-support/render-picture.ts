import { execFileSync } from 'node:child_process'
import type { Picture } from '../src/index.js'

export interface Size {
  width: number
  height: number
}

/** Renders a picture with ffmpeg: `source` are its input arguments (a file, or a generator of lavfi). */
export function renderPicture(source: string[], { width, height }: Size): Picture {
  const output = ['-frames:v', '1', '-vf', `scale=${width}:${height}`, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-']
  const rgb = execFileSync('ffmpeg', ['-v', 'error', ...source, ...output], { maxBuffer: 2 ** 26 })
  return { width, height, rgb }
}
