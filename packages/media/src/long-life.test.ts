import { createLiveDecoder } from './live-decoder.js'
import { createSandbox } from './sandbox.js'
import type { Segment } from './segment.js'
import { makeSegments } from '../test-support/make-segments.js'
import { asOrdinaryUser, cpuOf, report } from '../test-support/ordinary-user.js'

test('a live decoder past 30 CPU-seconds lives on, since CPU is charged a segment', async () => {
  // Every picture a keyframe of 4K full of noise: much CPU time for few pictures.
  const [heavy] = (await makeSegments(
    ['-f', 'lavfi', '-i', 'testsrc2=s=3840x2160:r=2,noise=alls=60:allf=t', '-t', '2'],
    ['-r', '2', '-g', '1', '-bf', '0', '-qp', '20', '-x264-params', 'cabac=1'],
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
  // Three at a time: the last picture of a segment comes when the next one begins.
  for (; cpuOf(pids) < 31_000; fed += 3) {
    const batch = [0, 1, 2].map((more) => {
      const sequence = fed + more
      return decoder.feed({ ...heavy, sequence, streamTimeMs: sequence * 2000 })
    })
    for (const result of await Promise.all(batch)) expect(result.outcome).toBe('decoded')
  }
  report(`one decoder used ${cpuOf(pids)} ms of CPU over ${fed} segments and lives`)
  expect(decoder.pids).toEqual(pids)
  await decoder.close()
}, 240_000)
