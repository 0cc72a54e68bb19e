import type { MediaType } from '@streamkeeper/contracts'
import { bytes, segmentAt } from '../media/_bring.js'
import { noteOf } from './accept-segment.js'

const kept = { spoolKey: 'media/room/0', receivedAt: new Date(0) }
const noted = (more: { discontinuity?: boolean; mediaType?: MediaType }) => {
  const segment = segmentAt('https://media.example.com/a.ts')
  const event = { ...segment.event, data: { ...segment.event.data, ...more } }
  return noteOf({ ...segment, event, bytes }, kept)
}

test('a segment is noted with its place, its container and where its bytes lie', () => {
  const { event, record } = segmentAt('https://media.example.com/a.ts')
  const { streamId, sequence, streamTimeMs, durationMs, sha256 } = event.data
  const place = { streamId, sequence, streamTimeMs, durationMs, sha256, size: bytes.length }
  expect(noted({ mediaType: 'video/mp4' })).toEqual({
    ...place,
    ...kept,
    mediaType: 'video/mp4',
    discontinuity: false,
    origin: record,
  })
})

test.each([
  [true, true],
  [false, false],
  [undefined, false],
])('a break of its clock that is said to be %s is noted as %s', (said, expected) => {
  expect(noted(said === undefined ? {} : { discontinuity: said }).discontinuity).toBe(expected)
})
