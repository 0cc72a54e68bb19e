import { fileURLToPath } from 'node:url'
import { createDecoderPool } from './decoder-pool.js'
import { filmPath } from './film-path.js'
import { createSandbox } from './sandbox.js'
import type { Segment } from './segment.js'
import { makeSegments } from '../test-support/make-segments.js'
import { asOrdinaryUser, cpuOf, report } from '../test-support/ordinary-user.js'
import { readPssMb } from '../test-support/read-memory.js'

const STREAMS = 200

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
