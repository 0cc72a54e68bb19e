import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { filmPath } from './film-path.js'
import { createLiveDecoder } from './live-decoder.js'
import { createSandbox, type Sandbox } from './sandbox.js'
import type { Segment } from './segment.js'
import { makeFolder, makeSegments, toSegment } from '../test-support/make-segments.js'

const POISON = 'POISON-0123456789'

/** Dies of SIGKILL when the poison reaches it, else is the real decoder. */
const BRITTLE = `
import { spawn } from 'node:child_process'
const real = spawn('ffmpeg', process.argv.slice(2), { stdio: ['pipe', 'inherit', 'inherit', 3] })
real.on('exit', (code) => process.exit(code ?? 1))
real.stdin.on('error', () => process.exit(1))
process.stdin.on('data', (chunk) => {
  if (chunk.includes('${POISON}')) {
    real.kill('SIGKILL')
    process.kill(process.pid, 'SIGKILL')
  } else real.stdin.write(chunk)
}, 60_000)
process.stdin.on('end', () => real.stdin.end())
`

async function makeBrittle(): Promise<Sandbox> {
  const folder = await makeFolder()
  const [program, script] = [join(folder, 'brittle'), join(folder, 'brittle.mjs')]
  await writeFile(script, BRITTLE)
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`)
  await chmod(program, 0o755)
  return createSandbox({ unsandboxed: 'i-accept-the-risk', ffmpeg: program, memoryBytes: 2 ** 46 })
}

/** A message in front of each keyframe that carries the poison; the name of its kind is any. */
const POISONED = ['-bsf:v', `h264_metadata=sei_user_data=086f3693-b7b3-4f2c-9653-21492feee5b8+${POISON}`]

let segments: Segment[]
let poisoned: Segment[]
beforeAll(async () => {
  const source = ['-stream_loop', '3', '-i', fileURLToPath(filmPath), '-an']
  segments = await makeSegments(source, ['-bf', '0'])
  poisoned = await makeSegments([...source, '-t', '8'], ['-bf', '0', ...POISONED])
}, 60_000)

test('a segment that crashes the decoder twice is failed; those around it all pass, in order', async () => {
  const decoder = createLiveDecoder({ streamId: 'a', mediaType: 'video/mp2t', sandbox: await makeBrittle() })
  const fed = segments.map((segment) => (segment.sequence === 3 ? (poisoned[3] as Segment) : segment))
  const order: number[] = []
  const results = await Promise.all(
    fed.map(async (segment) => {
      const result = await decoder.feed(segment)
      order.push(result.sequence)
      return result
    }),
  )
  expect(order).toEqual(segments.map(({ sequence }) => sequence))
  for (const result of results) {
    if (result.sequence === 3) expect(result).toMatchObject({ outcome: 'failed', reason: 'decoder-failed' })
    else expect(result).toMatchObject({ outcome: 'decoded', pictures: [{ streamTimeMs: result.sequence * 2000 }] })
  }
  await decoder.close()
}, 60_000)

test('a segment above its CPU budget is failed and the stream goes on', async () => {
  // 300 keyframes as one segment: some 2 s of CPU, so that no look at it comes too late.
  const heavy = await makeSegments(
    ['-f', 'lavfi', '-i', 'testsrc2=s=1920x1080:r=25', '-t', '12'],
    ['-g', '1', '-bf', '0', '-force_key_frames', 'expr:1'],
  )
  const decoder = createLiveDecoder({ streamId: 'a', mediaType: 'video/mp2t', sandbox: createSandbox(), cpuMs: 300 })
  const results = await Promise.all([
    decoder.feed(toSegment(Buffer.concat(heavy.map(({ bytes }) => bytes)), 0)),
    decoder.feed(toSegment(segments[0]?.bytes ?? Buffer.alloc(0), 1)),
  ])
  expect(results[0]).toMatchObject({ outcome: 'failed', reason: 'timeout', detail: expect.stringContaining('CPU') })
  expect(results[1]).toMatchObject({ outcome: 'decoded', pictures: [{ streamTimeMs: 2000 }] })
  await decoder.close()
}, 60_000)

test('a decoder that hangs is killed at the deadline', async () => {
  const hangs: Sandbox = {
    sandboxed: false,
    ffmpeg: '-c',
    prefix: ['sh', '-c', 'exec sleep 600', 'sh'],
    tellsProcessId: false,
  }
  const decoder = createLiveDecoder({ streamId: 'a', mediaType: 'video/mp2t', sandbox: hangs, deadlineMs: 600 })
  const [first] = segments as [Segment]
  expect(await decoder.feed(first)).toMatchObject({
    outcome: 'failed',
    reason: expect.stringMatching(/timeout|decoder-failed/),
  })
  await decoder.close()
}, 60_000)

test('a decoder that cannot be started fails the segment', async () => {
  const absent: Sandbox = { sandboxed: false, ffmpeg: '', prefix: ['/no/such/program'], tellsProcessId: false }
  const decoder = createLiveDecoder({ streamId: 'a', mediaType: 'video/mp2t', sandbox: absent })
  expect(await decoder.feed(segments[0] as Segment)).toMatchObject({ outcome: 'failed', reason: 'decoder-failed' })
  await decoder.close()
}, 60_000)
