import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSandbox } from '@streamkeeper/media'
import { readConfig } from '@streamkeeper/runtime'
import { settings } from './config.js'
import { openDecoders } from './open-decoders.js'

const folder = mkdtempSync(join(tmpdir(), 'open-decoders-'))
let endless: Buffer[]
beforeAll(() => {
  const source = ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=160x90:r=25', '-t', '12', '-pix_fmt', 'yuv420p']
  const encoder = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '9999', '-sc_threshold', '0']
  const cut = ['-f', 'segment', '-segment_format', 'mpegts', '-segment_time', '2', '-break_non_keyframes', '1']
  execFileSync('ffmpeg', [...source, ...encoder, ...cut, join(folder, '%02d.ts')])
  endless = readdirSync(folder)
    .toSorted()
    .map((name) => readFileSync(join(folder, name)))
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true }))

const configOf = (full?: string) =>
  readConfig(settings, full === undefined ? {} : { STREAMKEEPER_FULL_DECODES: full }).config

/** What is said of the last segment of a stream without a keyframe for ever. */
async function lastOf(full?: string): Promise<string> {
  const decoders = openDecoders(configOf(full), createSandbox(), 2_000)
  try {
    let last = ''
    for (const [sequence, bytes] of endless.entries()) {
      const segment = { sequence, streamTimeMs: sequence * 2_000, durationMs: 2_000, bytes, discontinuity: false }
      const result = await decoders.feed('endless', 'video/mp2t', segment)
      last = result.outcome === 'decoded' ? 'decoded' : `${result.reason}: ${result.detail}`
    }
    return last
  } finally {
    await decoders.close()
  }
}

test.each([
  [undefined, 'decoded'],
  ['1', 'decoded'],
  ['0', 'overload: no keyframe in it, and 0 streams are decoded in full'],
])(
  'STREAMKEEPER_FULL_DECODES=%s: a stream without keyframes is %s',
  async (full, expected) => {
    expect(await lastOf(full)).toBe(expected)
  },
  60_000,
)

test.each(['-1', '1.5', '2001', 'all'])('STREAMKEEPER_FULL_DECODES=%s is refused by name', (full) => {
  expect(() => configOf(full)).toThrow(/STREAMKEEPER_FULL_DECODES/)
})
