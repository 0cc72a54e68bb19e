import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readFileSegments } from './file-segments.js'
import { createLiveDecoder } from './live-decoder.js'
import { createSandbox } from './sandbox.js'
import type { MediaType, Segment } from './segment.js'
import { readFilePictures } from './track-file.js'
import { repeatSample } from '../test-support/hostile/repeat-sample.js'
import { movePid } from '../test-support/hostile/packets.js'
import { ffmpeg, makeFolder, toSegment } from '../test-support/make-segments.js'

const sandbox = createSandbox()
let folder: string
beforeAll(async () => (folder = await makeFolder()))

async function make(name: string, words: string): Promise<string> {
  const path = join(folder, name)
  await ffmpeg([...words.split(' '), path])
  return path
}

interface Scanned {
  readonly segments: readonly Segment[]
  readonly error: unknown
}

async function scan(path: string, mediaType: MediaType): Promise<Scanned> {
  const segments: Segment[] = []
  try {
    const { size } = await stat(path)
    for await (const segment of readFileSegments(path, { sandbox, mediaType, size })) segments.push(segment)
    return { segments, error: undefined }
  } catch (error) {
    return { segments, error }
  }
}

const h264 = '-c:v libx264 -preset ultrafast -g 50 -sc_threshold 0 -pix_fmt yuv420p'
const film = `-f lavfi -i testsrc2=s=96x64:r=25:d=4 ${h264}`

/** Behind as many packets that say nothing as a demuxer looks through to find out what there is. */
async function hideBehind(good: Buffer, hidden: Buffer): Promise<string> {
  const nothing = Buffer.alloc(188, 0xff)
  nothing.writeUInt32BE(0x471fff10)
  const path = join(folder, 'late.ts')
  const between = Buffer.concat(Array.from({ length: 40_000 }, () => nothing))
  await writeFile(path, Buffer.concat([good, between, hidden]))
  return path
}

test('a picture stream that no table names and that begins late is said to be there', async () => {
  const good = await readFile(await make('good.ts', `-f lavfi -i testsrc2=s=640x360:r=25:d=8 ${h264}`))
  const tables = 3 * 188
  const sound = await readFile(await make('beside.ts', '-f lavfi -i sine=d=1 -c:a aac'))
  const picture = movePid(good.subarray(tables), 0x100, 0x200)
  // A sound that is whole before the first picture is: a demuxer tells of the sound, and of nothing else.
  const between = movePid(sound.subarray(tables), 0x100, 0x300)
  const hidden = Buffer.concat([picture.subarray(0, 188), between, picture.subarray(188)])
  const { segments, error } = await scan(await hideBehind(good, hidden), 'video/mp2t')
  expect(segments.length).toBeGreaterThan(0)
  expect(error).toMatchObject({ code: 'MEDIA_FILE_DAMAGED', message: expect.stringMatching('256, 512') })
  // The same in a live segment.
  const decoder = createLiveDecoder({ streamId: 'a', mediaType: 'video/mp2t', sandbox })
  const result = decoder.feed(toSegment(Buffer.concat([good, hidden])))
  await decoder.close()
  expect(await result).toMatchObject({ outcome: 'failed', reason: 'decoder-failed', detail: 'several picture tracks' })
}, 60_000)

test('one stream with sound, named in one part of a file and not in another, is one picture', async () => {
  const path = await make('sound.ts', `-f lavfi -i sine=d=4 ${film} -c:a aac`)
  const bytes = await readFile(path)
  expect(await readFilePictures(path, 5000)).toEqual([0x100])
  // From the middle of a packet on, without a table for a while.
  await writeFile(path, bytes.subarray(1000))
  expect(await readFilePictures(path, 5000)).toEqual([0x100])
  expect(await readFilePictures(await make('only.ts', '-f lavfi -i sine=d=1 -c:a aac'))).toEqual([])
}, 60_000)

test('a picture that takes the place of a sound is named, with what to do; sound alone is no picture', async () => {
  const sound = await readFile(await make('sound-only.ts', '-f lavfi -i sine=d=2 -c:a aac'))
  const path = join(folder, 'both.ts')
  await writeFile(path, Buffer.concat([sound, await readFile(await make('picture.ts', film))]))
  const { error } = await scan(path, 'video/mp2t')
  expect(error).toMatchObject({
    code: 'MEDIA_FILE_REFUSED',
    message: expect.stringMatching(/^PID 256 carries a picture.*cut the file/),
  })
  const other = await scan(join(folder, 'sound-only.ts'), 'video/mp2t')
  expect(other.error).toMatchObject({ code: 'MEDIA_FILE_NO_VIDEO' })
}, 60_000)

test('more pictures a second than can be cut are refused by the name of the rate, with the remedy', async () => {
  const path = await make('many.ts', `-f lavfi -i testsrc2=s=32x32:r=4000:d=2 ${h264}`)
  const { error } = await scan(path, 'video/mp2t')
  expect(error).toMatchObject({
    code: 'MEDIA_FILE_REFUSED',
    message: expect.stringMatching(/frame rate.*ffmpeg -i FILE -r 60/),
  })
}, 60_000)

test('a table that names one tiny sample again and again buys looks by the bytes of its file', async () => {
  const one = await readFile(
    await make('tiny.mp4', `-f lavfi -i color=gray:s=16x16:r=1:d=1 ${h264} -bsf:v filter_units=remove_types=6`),
  )
  const path = join(folder, 'repeated.mp4')
  const bytes = repeatSample(one, 6000, 2000)
  await writeFile(path, bytes)
  const { segments, error } = await scan(path, 'video/mp4')
  expect(segments.length).toBeLessThanOrEqual((400 + bytes.length / 20) / 2 + 1)
  expect(error).toMatchObject({
    code: 'MEDIA_FILE_REFUSED',
    message: expect.stringMatching(/nothing behind was looked at/),
  })
}, 60_000)

test('half an hour of nothing in few bytes is looked at to its end', async () => {
  const path = await make('still.mp4', `-f lavfi -i color=black:s=640x360:r=1:d=1800 ${h264}`)
  const { segments, error } = await scan(path, 'video/mp4')
  expect([segments.length, error]).toEqual([36, undefined])
}, 60_000)
