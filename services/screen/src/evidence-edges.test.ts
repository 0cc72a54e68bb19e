import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SamplingRules, type SegmentAccepted, type SignalRaised } from '@streamkeeper/contracts'
import { readCodes, TEST_CARD_PAYLOAD, testCardPath } from '@streamkeeper/inference'
import { createLiveDecoder, createSandbox, readPictureFile, type MediaType } from '@streamkeeper/media'
import { createLogger } from '@streamkeeper/runtime'
import { MemoryObjectStore } from '@streamkeeper/testkit'
import { buildExpressions, buildMatcher } from '@streamkeeper/text'
import type { MediaDeps } from './deps.js'
import { createGate } from './gate.js'
import { createOnce } from './lanes/once.js'
import { openPictureBanks } from './picture-banks.js'
import { createSampling } from './sampling/sampling.js'
import { examine } from './steps/examine.js'
import { createTextTimes } from './text-times.js'
import { createTurns } from '@streamkeeper/runtime'

/**
 * Stills and previews of hits at the edges, through the real decoder: the test card in the first picture of a stream, in the
 * last before a gap, in the last before the end, and in a segment of one picture.
 */
const folder = mkdtempSync(join(tmpdir(), 'evidence-edges-'))
afterAll(() => rmSync(folder, { recursive: true }))

const spool = new MemoryObjectStore()
const logger = createLogger({ name: 'screen', level: 'fatal' })
const identity = { name: 'lexicon', version: '1', sha256: 'b'.repeat(64) }
const lexicons = { matcher: buildMatcher([]), expressions: buildExpressions([]), identity, nextExpiry: null }
const rules = SamplingRules.parse({ intervalMs: 2_000 })
const noFacts = { get: () => undefined, refresh: () => Promise.resolve(), forget: () => undefined }
const deps = {
  spool,
  log: { publish: () => Promise.resolve() },
  topicPrefix: '',
  now: () => 0,
  sampling: createSampling(rules, noFacts, () => 0),
  gate: createGate(null),
  textTimes: createTextTimes(undefined),
  pictureFloods: { mark: (_: string, signals: unknown) => signals },
  eyes: {
    models: { current: [], refresh: () => Promise.resolve(), close: () => Promise.resolve() },
    turns: createTurns(8),
    banks: await openPictureBanks([], logger),
    textReader: null,
    lexicons: { current: lexicons },
    holdFrom: 40,
  },
} as unknown as MediaDeps

/** The card is on the picture in the segments 0, 2, 4 and 5; the last one is one picture long. */
const isCard = 'lt(t,2)+between(t,4,5.99)+gte(t,8)'
const containers: Readonly<Record<string, readonly string[]>> = {
  ts: ['-f', 'segment', '-segment_format', 'mpegts', '-segment_time', '2', join(folder, '%05d.ts')],
  m4s: [
    ...'-f hls -hls_time 2 -hls_segment_type fmp4 -hls_list_size 0 -hls_segment_filename'.split(' '),
    join(folder, '%05d.m4s'),
    join(folder, 'list.m3u8'),
  ],
}

function makeSegments(kind: 'ts' | 'm4s'): Buffer[] {
  const input = ['-f', 'lavfi', '-i', 'color=c=0x406080:s=1280x720:r=25', '-loop', '1', '-i', testCardPath]
  const draw = ['-filter_complex', `[1]scale=1280:720[card];[0][card]overlay=enable='${isCard}'`, '-frames:v', '251']
  const keys = ['-g', '50', '-sc_threshold', '0', '-force_key_frames', 'expr:gte(t,n_forced*2)']
  const encode = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', ...keys]
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...input, ...draw, ...encode, ...(containers[kind] ?? [])])
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(`.${kind}`))
    .sort()
  const head = kind === 'm4s' ? readFileSync(join(folder, 'init.mp4')) : Buffer.alloc(0)
  return names.map((name) => Buffer.concat([head, readFileSync(join(folder, name))]))
}

/** The third segment from the end never comes: a gap of two seconds. */
async function screen(mediaType: MediaType, bodies: readonly Buffer[]): Promise<SignalRaised[]> {
  const decoder = createLiveDecoder({ streamId: 's', mediaType, sandbox: createSandbox() })
  const sent = bodies.flatMap((bytes, sequence) => {
    if (sequence === 3) return []
    const durationMs = sequence === 5 ? 40 : 2_000
    return [{ sequence, streamTimeMs: sequence * 2_000, durationMs, bytes, discontinuity: sequence === 4 }]
  })
  const decoded = sent.map((segment) => decoder.feed(segment))
  await decoder.close()
  const found = await Promise.all(
    sent.map(async ({ sequence, streamTimeMs }, at) => {
      const origin = { brokerAt: new Date(streamTimeMs).toISOString() }
      const segment = { streamId: 's', sequence, streamTimeMs, origin } as SegmentAccepted
      const one = await decoded[at]
      if (one === undefined) throw new Error('not fed')
      return examine(deps, segment, { decoded: one, once: createOnce() })
    }),
  )
  expect(found.map(({ state }) => state)).toEqual(sent.map(() => 'looked'))
  return found.flatMap(({ signals }) => signals)
}

async function codesIn(key: string | undefined): Promise<string[]> {
  const stored = await spool.get(key ?? '')
  if (stored === null) throw new Error(`${key}: not in the spool`)
  const file = join(folder, 'shown.jpg')
  writeFileSync(file, stored.bytes)
  return (await readCodes(await readPictureFile(file))).map(({ text }) => text)
}

test.each([
  ['video/mp2t', 'ts'],
  ['video/mp4', 'm4s'],
] as const)(
  '%s: each hit has its own time, its own segment and its own picture',
  async (mediaType, kind) => {
    const bodies = makeSegments(kind)
    expect(bodies).toHaveLength(6)
    const signals = await screen(mediaType, bodies)
    const hits = signals.filter(({ lane }) => lane === 'code')
    expect(hits.map(({ streamTimeMs, evidence }) => [streamTimeMs, evidence?.['sequence']])).toEqual([
      [0, 0],
      [4_000, 2],
      [8_000, 4],
      [10_000, 5],
    ])
    for (const { evidence } of hits) {
      expect(await codesIn(evidence?.still?.key)).toEqual([TEST_CARD_PAYLOAD])
      expect(await codesIn(evidence?.preview?.key)).toEqual([])
    }
  },
  60_000,
)
