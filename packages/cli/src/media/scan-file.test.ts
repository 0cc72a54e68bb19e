import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClassifier, createTextReader, modelDir, TEST_CARD_PAYLOAD, testCardPath } from '@streamkeeper/inference'
import { createSandbox, filmPath } from '@streamkeeper/media'
import { scanFile, type ScanTools } from './scan-file.js'

let folder: string
let tools: ScanTools

const make = (name: string, words: string): string => {
  const path = join(folder, name)
  execFileSync('ffmpeg', [...`-v error -y ${words}`.split(' '), path])
  return path
}
const card = `-loop 1 -i ${testCardPath} -t 2 -r 10 -pix_fmt yuv420p -c:v libx264 -preset ultrafast -g 10`

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scan-'))
  const [classifier, textReader] = await Promise.all([
    createClassifier({ manifestDir: modelDir('nsfw'), deadlineMs: 60_000 }),
    createTextReader({ deadlineMs: 60_000 }),
  ])
  tools = { sandbox: createSandbox(), classifiers: [classifier], textReader }
}, 60_000)
afterAll(async () => {
  await Promise.all([...tools.classifiers.map((one) => one.close()), tools.textReader.close()])
  await rm(folder, { recursive: true })
})

test.each([
  ['card.ts', 'video/mp2t', ''],
  ['card.mp4', 'video/mp4', ' -movflags frag_keyframe+empty_moov'],
  ['card-head-at-the-end.mp4', 'video/mp4', ''],
  ['card.mkv', 'video/x-matroska', ''],
])(
  '%s: its code, its text, its scores and its hash are seen',
  async (name, container, more) => {
    const scanned = await scanFile(make(name, card + more), tools)
    expect(scanned.error).toBeUndefined()
    expect(scanned).toMatchObject({ container, sha256: expect.stringMatching(/^[0-9a-f]{64}$/), durationMs: 2_000 })
    const [frame] = scanned.frames
    expect(frame?.codes).toEqual([TEST_CARD_PAYLOAD])
    expect(frame?.text.join(' ').replaceAll(' ', '')).toContain('TESTCARD')
    expect(frame?.labels['SEX_EXPLICIT']).toBeLessThan(0.5)
    expect(frame?.hash).toMatch(/^[0-9a-f]{64}$/)
  },
  120_000,
)

test('what is no media, cut, missing or no file is an answer with a code', async () => {
  const film = await readFile(fileURLToPath(filmPath))
  const files: Record<string, Buffer | string> = {
    'noise.ts': Buffer.from(Array.from({ length: 4_000 }, (_, n) => (n * 7_919) % 251)),
    'empty.ts': Buffer.alloc(0),
    'list.m3u8': `#EXTM3U\n#EXTINF:2,\n${join(folder, 'card.ts')}\n`,
    'head.mp4': film.subarray(0, 60),
  }
  const codes: string[] = []
  for (const [name, bytes] of Object.entries(files)) {
    await writeFile(join(folder, name), bytes)
    const { error, frames, durationMs } = await scanFile(join(folder, name), tools)
    expect([frames, durationMs]).toEqual([[], undefined])
    codes.push(error?.code ?? 'none')
  }
  await symlink('/dev/zero', join(folder, 'endless.ts'))
  for (const path of [join(folder, 'none.ts'), folder, join(folder, 'endless.ts')])
    codes.push((await scanFile(path, tools)).error?.code ?? 'none')
  const unreadable = 'MEDIA_FILE_UNREADABLE'
  expect(codes.slice(0, 3)).toEqual(['MEDIA_TYPE_UNKNOWN', 'MEDIA_TYPE_UNKNOWN', 'MEDIA_TYPE_UNKNOWN'])
  expect(codes[3]).toBe('MEDIA_FILE_REFUSED')
  expect(codes.slice(4)).toEqual([unreadable, unreadable, unreadable])
}, 120_000)

test('a file of a minute and more is looked at to its end, a segment at a time', async () => {
  const long = make('long.mkv', '-f lavfi -i color=gray:s=160x90:r=10:d=90 -c:v libx264 -preset ultrafast -g 300')
  const done: number[] = []
  const scanned = await scanFile(long, tools, { onProgress: (ms) => done.push(ms) })
  expect(scanned).toMatchObject({ durationMs: 90_000, container: 'video/x-matroska' })
  expect(scanned.error).toBeUndefined()
  expect(done).toEqual([30_000, 60_000, 90_000])
  // Keyframes 30 s apart are too few: all pictures are decoded then, and one each 2 s is looked at.
  const times = scanned.frames.map(({ streamTimeMs }) => streamTimeMs)
  expect(times.at(-1)).toBeGreaterThanOrEqual(88_000)
  expect(Math.max(...times.map((time, n) => time - (times[n - 1] ?? 0)))).toBeLessThanOrEqual(2_200)
}, 120_000)

test('a file that is damaged on the way is no clean one: what could be seen is there, and the error beside it', async () => {
  const words =
    '-f lavfi -i testsrc2=s=160x90:r=10:d=12 -c:v libx264 -preset ultrafast -g 20 -movflags frag_keyframe+empty_moov'
  const path = make('broken.mp4', words)
  const bytes = await readFile(path)
  // The media of the fourth fragment.
  let at = -1
  for (let n = 0; n < 4; n += 1) at = bytes.indexOf('mdat', at + 1)
  bytes.fill(0xff, at + 4, at + bytes.readUInt32BE(at - 4) - 4)
  await writeFile(path, bytes)
  const scanned = await scanFile(path, tools)
  expect(scanned.frames.map(({ streamTimeMs }) => streamTimeMs)).toEqual([0, 2_000, 4_000, 8_000, 10_000])
  expect(scanned.durationMs).toBeUndefined()
  expect(scanned.error?.code).toBe('MEDIA_FILE_DAMAGED')
}, 120_000)

test('where a model stops answering the looking ends, and the answer says where', async () => {
  const path = make('two.mp4', '-f lavfi -i testsrc2=s=160x90:r=10:d=6 -c:v libx264 -preset ultrafast -g 20')
  let reads = 0
  const tiring: ScanTools['textReader'] = {
    ...tools.textReader,
    read: (...args) => {
      reads += 1
      if (reads < 3) return tools.textReader.read(...args)
      return Promise.resolve({ outcome: 'failed', reason: 'crashed', detail: 'gone' })
    },
  }
  const scanned = await scanFile(path, { ...tools, textReader: tiring })
  expect(scanned.frames.map(({ streamTimeMs }) => streamTimeMs)).toEqual([0, 2_000])
  expect(scanned.durationMs).toBeUndefined()
  expect(scanned.error).toEqual({ code: 'MODEL_FAILED', message: '4.0 s into it: crashed: gone' })
}, 120_000)

test('a model that cannot look makes the whole file an answer of that kind, never a clean one', async () => {
  const failing = {
    ...tools.textReader,
    read: () => Promise.resolve({ outcome: 'failed', reason: 'timeout', detail: 'late' } as const),
  }
  const scanned = await scanFile(make('one.ts', card), {
    ...tools,
    textReader: failing,
  })
  expect(scanned).toMatchObject({ frames: [], error: { code: 'MODEL_FAILED', message: 'timeout: late' } })
}, 60_000)
