import { join } from 'node:path'
import { encodePatternClip, type Pattern } from './encode-still-clip.js'
import { probeFile } from './probe-file.js'
import { makeFolder } from '../test-support/make-segments.js'

it.each<Pattern>(['cells', 'drift', 'figures'])(
  'draws %s as H.264 of 1280x720 with sound',
  async (pattern) => {
    const out = join(await makeFolder(), `${pattern}.mp4`)
    await encodePatternClip(pattern, 2, out)
    expect(await probeFile(out)).toMatchObject({ video: { codec: 'h264', width: 1280, height: 720 } })
  },
  60_000,
)
