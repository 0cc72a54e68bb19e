import { fileURLToPath } from 'node:url'
import { createDecoderPool } from './decoder-pool.js'
import { filmPath } from './film-path.js'
import { createLiveDecoder } from './live-decoder.js'
import { readProcessUse } from './read-process-use.js'
import { createSandbox, type Sandbox } from './sandbox.js'
import type { Segment } from './segment.js'
import { makeSegments } from '../test-support/make-segments.js'
import { readPssMb } from '../test-support/read-memory.js'

const STREAMS = 200

/** An ordinary user's sandbox: root hides limits that count over all processes of a user. */
function asOrdinaryUser(sandbox: Sandbox): Sandbox {
  if (process.getuid?.() !== 0) return sandbox
  return { ...sandbox, prefix: ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...sandbox.prefix] }
}

function report(words: string): void {
  process.stderr.write(`media: ${words}\n`)
}

/** CPU time of the decoders in ms; the walls' own process is counted too. */
function cpuOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (readProcessUse(pid)?.cpuMs ?? 0), 0)
}

test('200 live decoders of an ordinary user at once each give their pictures, below 40 MB a stream', async () => {
  const film = fileURLToPath(filmPath)
  const [first, second] = (await makeSegments(['-i', film, '-an', '-t', '4'], ['-preset', 'veryfast', '-bf', '0'])) as [
    Segment,
    Segment,
  ]
  const pool = createDecoderPool({
    sandbox: asOrdinaryUser(createSandbox()),
    maxProcesses: STREAMS,
    deadlineMs: 60_000,
  })
  const streams = Array.from({ length: STREAMS }, (_, at) => `stream-${at}`)
  const feedAll = (segment: Segment): Promise<string[]> =>
    Promise.all(
      streams.map(async (streamId) => {
        const result = await pool.feed(streamId, 'video/mp2t', segment)
        return result.outcome === 'decoded' ? result.pictures.map((p) => p.streamTimeMs).join() : result.detail
      }),
    )
  expect(new Set(await feedAll(first))).toEqual(new Set(['0']))
  expect(pool.pids).toHaveLength(2 * STREAMS)
  const before = cpuOf(pool.pids)
  expect(new Set(await feedAll(second))).toEqual(new Set(['2000']))
  for (let round = 2; round < 5; round += 1) await feedAll({ ...second, sequence: round, streamTimeMs: round * 2000 })
  const cpu = (cpuOf(pool.pids) - before) / (STREAMS * 8)
  const memory = readPssMb(pool.pids) / STREAMS
  report(`${STREAMS} decoders, 720p: ${cpu.toFixed(2)} ms CPU a stream-second, ${memory.toFixed(1)} MB PSS a stream`)
  expect(memory).toBeLessThan(40)
  await pool.close()
  expect(pool.size).toBe(0)
}, 120_000)

test('a live decoder past 30 CPU-seconds lives on, since CPU is charged a segment', async () => {
  // Every picture a keyframe of 4K: much CPU time for few segments.
  const [heavy] = (await makeSegments(
    ['-f', 'lavfi', '-i', 'testsrc2=s=3840x2160:r=25', '-t', '2'],
    ['-g', '1', '-bf', '0', '-qp', '26'],
  )) as [Segment]
  const decoder = createLiveDecoder({
    streamId: 'heavy',
    mediaType: 'video/mp2t',
    sandbox: asOrdinaryUser(createSandbox()),
    deadlineMs: 60_000,
    cpuMs: 25_000,
  })
  await decoder.feed(heavy)
  const pids = decoder.pids
  let fed = 1
  for (; cpuOf(pids) < 31_000; fed += 4) {
    const batch = [0, 1, 2, 3].map((more) => {
      const sequence = fed + more
      return decoder.feed({ ...heavy, sequence, streamTimeMs: sequence * 2000 })
    })
    for (const result of await Promise.all(batch)) expect(result.outcome).toBe('decoded')
  }
  report(`one decoder used ${cpuOf(pids)} ms of CPU over ${fed} segments and lives`)
  expect(decoder.pids).toEqual(pids)
  await decoder.close()
}, 240_000)
