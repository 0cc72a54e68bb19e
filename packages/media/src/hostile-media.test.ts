import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:net'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { filmPath } from './film-path.js'
import { inspectTransportStream } from './inspect-transport-stream.js'
import { createLiveDecoder } from './live-decoder.js'
import { createSandbox } from './sandbox.js'
import type { MediaType } from './segment.js'
import { ffmpeg, makeFolder, makeSegments, toSegment } from '../test-support/make-segments.js'

const CANARY = `canary-${randomBytes(8).toString('hex')}`
const sandbox = createSandbox()
const film = fileURLToPath(filmPath)

let honey: Server
let visits = 0
let good: Buffer
let hostile: Record<string, Buffer>

beforeAll(async () => {
  honey = createServer((socket) => {
    visits += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => honey.listen(0, '127.0.0.1', resolve))
  const address = honey.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/a.ts`
  const folder = await makeFolder()
  const canary = join(folder, 'canary.ts')
  good = (await makeSegments(['-i', film, '-an', '-t', '2'], ['-bf', '0']))[0]?.bytes ?? Buffer.alloc(0)
  // The canary is real media behind a mark: a decoder that opened it would show a picture.
  await writeFile(canary, Buffer.concat([Buffer.from(CANARY), good]))
  const playlist = (target: string): string =>
    `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n${target}\n#EXT-X-ENDLIST\n`
  const id3 = Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 0])
  const bomb = join(folder, 'bomb.mp4')
  await ffmpeg([
    '-f',
    'lavfi',
    '-i',
    'color=white:s=8000x8000',
    '-frames:v',
    '1',
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-movflags',
    'frag_keyframe+empty_moov',
    bomb,
  ])
  const bombStream = join(folder, 'bomb.ts')
  await ffmpeg(['-i', bomb, '-c', 'copy', bombStream])
  hostile = {
    'a playlist that names a file': Buffer.from(playlist(`file://${canary}`)),
    'a playlist that names a plain path': Buffer.from(playlist(canary)),
    'a playlist that names an address': Buffer.from(playlist(url)),
    'a playlist behind an ID3 tag': Buffer.concat([id3, Buffer.from(playlist(`file://${canary}`))]),
    'a concat script': Buffer.from(`ffconcat version 1.0\nfile '${canary}'\nfile '${url}'\n`),
    'a DASH manifest': Buffer.from(`<?xml version="1.0"?><MPD><Period><BaseURL>${url}</BaseURL></Period></MPD>`),
    'a playlist in packets': Buffer.concat([Buffer.from([0x47]), Buffer.from(playlist(url).padEnd(187))]),
    'nothing at all': Buffer.alloc(0),
    'one byte': Buffer.from([0x47]),
    zeros: Buffer.alloc(100_000),
    noise: randomBytes(500_000),
    'noise in packets': Buffer.concat(
      Array.from({ length: 500 }, () => Buffer.concat([Buffer.from([0x47]), randomBytes(187)])),
    ),
    'a cut tail of real media': good.subarray(-5000),
    'a picture of 8000 x 8000 (MP4)': await readFile(bomb),
    'a picture of 8000 x 8000 (TS)': await readFile(bombStream),
  }
}, 60_000)

afterAll(() => new Promise((resolve) => honey.close(resolve)))

test.each<MediaType>(['video/mp2t', 'video/mp4', 'video/x-matroska'])(
  '%s: hostile bytes are answered as failed, open nothing, and the stream goes on',
  async (mediaType) => {
    const decoder = createLiveDecoder({ streamId: 'a', mediaType, sandbox, silenceMs: 1000 })
    for (const [name, bytes] of Object.entries(hostile)) {
      const began = performance.now()
      const result = await decoder.feed(toSegment(bytes))
      expect({ name, outcome: result.outcome }).toEqual({ name, outcome: 'failed' })
      expect(JSON.stringify(result)).not.toContain(CANARY)
      expect(performance.now() - began).toBeLessThan(20_000)
    }
    if (mediaType === 'video/mp2t') {
      expect(await decoder.feed(toSegment(good))).toMatchObject({ outcome: 'decoded', pictures: [{ width: 1280 }] })
    }
    await decoder.close()
    expect(visits).toBe(0)
  },
  120_000,
)

test('the bait works: without guards the same playlists do open the file and the port', async () => {
  const list = join(await makeFolder(), 'bait.ts')
  await writeFile(list, hostile['a playlist that names a file'] ?? '')
  await expect(ffmpeg(['-i', list, '-f', 'null', '-'])).resolves.toBeUndefined()
  await writeFile(list, hostile['a playlist that names an address'] ?? '')
  const words = ['-protocol_whitelist', 'file,http,tcp', '-i', list, '-f', 'null', '-']
  await expect(ffmpeg(words)).rejects.toThrow()
  expect(visits).toBeGreaterThan(0)
}, 60_000)

test('reading packets never throws and never makes bytes up', () => {
  const bytes = fc.uint8Array({ maxLength: 4000 }).map((array) => Buffer.from(array))
  const flips = fc.array(fc.tuple(fc.nat(60_000), fc.nat(255)), { maxLength: 60 })
  fc.assert(fc.property(bytes, (input) => inspectTransportStream(input).packets.length <= input.length))
  fc.assert(
    fc.property(flips, (changes) => {
      const copy = Buffer.from(good.subarray(0, 60_000))
      for (const [at, value] of changes) copy[Math.min(at, copy.length - 1)] = value
      const { packets, times, keyframes = [] } = inspectTransportStream(copy)
      return packets.length % 188 === 0 && packets.length <= copy.length && keyframes.length <= times.length
    }),
  )
}, 60_000)
