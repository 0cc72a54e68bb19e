import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { cutSegments } from './cut-segments.js'
import { encodeStillClip } from './encode-still-clip.js'
import { filmPath } from './film-path.js'
import { createLiveDecoder } from './live-decoder.js'
import { probeFile } from './probe-file.js'
import { createSandbox } from './sandbox.js'

const film = fileURLToPath(filmPath)
const folderOf = (): Promise<string> => mkdtemp(join(tmpdir(), 'cut-test-'))

test('the film becomes keyframe-aligned segments whose measured durations add up', async () => {
  const seen: number[] = []
  const cut = await cutSegments(film, join(await folderOf(), 'out'), { onProgress: ({ doneMs }) => seen.push(doneMs) })
  expect(cut.map(({ streamTimeMs, durationMs }) => [streamTimeMs, durationMs])).toEqual([
    [0, 2000],
    [2000, 2000],
    [4000, 1280],
  ])
  expect(seen.length).toBeGreaterThan(0)
  const decoder = createLiveDecoder({ streamId: 'a', mediaType: 'video/mp2t', sandbox: createSandbox() })
  for (const segment of cut) {
    const bytes = await readFile(segment.path)
    expect(bytes).toHaveLength(segment.size)
    const result = await decoder.feed({ ...segment, bytes, discontinuity: false })
    expect(result).toMatchObject({ outcome: 'decoded', pictures: [{ streamTimeMs: segment.streamTimeMs }] })
  }
  await decoder.close()
}, 60_000)

test('a still becomes a clip of the asked length', async () => {
  const folder = await folderOf()
  const [image, clip] = [join(folder, 'still.png'), join(folder, 'still.mp4')]
  await sharp({ create: { width: 640, height: 640, channels: 3, background: 'teal' } }).toFile(image)
  await encodeStillClip(image, 3, clip)
  const { durationMs, ...probe } = await probeFile(clip)
  expect(probe).toMatchObject({ video: { codec: 'h264', width: 1280, height: 720 }, audio: { codec: 'aac' } })
  expect(Math.abs(durationMs - 3000)).toBeLessThan(50)
  await encodeStillClip(image, 1, clip, { audio: false })
  expect(await probeFile(clip)).not.toHaveProperty('audio')
}, 60_000)

test('what is no plain media file is refused, not hung on and not followed', async () => {
  const folder = await folderOf()
  const [pipe, list] = [join(folder, 'pipe.mp4'), join(folder, 'list.mp4')]
  execFileSync('mkfifo', [pipe])
  await writeFile(list, `#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile://${film}\n#EXT-X-ENDLIST\n`)
  await expect(cutSegments(pipe, folder)).rejects.toMatchObject({ code: 'MEDIA_FILE_UNREADABLE' })
  await expect(cutSegments(folder, folder)).rejects.toMatchObject({ code: 'MEDIA_FILE_UNREADABLE' })
  await expect(cutSegments(join(folder, 'none'), folder)).rejects.toMatchObject({ code: 'MEDIA_FILE_UNREADABLE' })
  await expect(cutSegments(list, folder)).rejects.toMatchObject({ code: 'MEDIA_FILE_REFUSED' })
}, 60_000)
