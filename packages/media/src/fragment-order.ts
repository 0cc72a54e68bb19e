import {
  bodyOf,
  Fields,
  findAll,
  ifUnderstood,
  PartlySeenError,
  readBoxes,
  readVersion,
  type Box,
} from './mp4-boxes.js'

/** So far may a fragment of a segment stand behind the one before it. */
const LONGEST_STEP_SECONDS = 60n

/**
 * Of fragments that stand at one time, in front of those before them or far away a decoder passes over some, and says nothing. Throws
 * PartlySeenError for such. What cannot be read is no reason.
 */
export function assertInOrder(boxes: readonly Box[], trackId: number, timescale: number): void {
  const times = findAll(boxes, 'moof').flatMap(({ body }) => readTimes(body, trackId))
  const isBroken = times.some((time, at) => {
    const before = times[at - 1]
    return before !== undefined && (time <= before || time - before > LONGEST_STEP_SECONDS * BigInt(timescale))
  })
  if (isBroken) throw new PartlySeenError('fragments whose times are not in order')
}

function readTimes(moof: Buffer, trackId: number): bigint[] {
  const parts = ifUnderstood(() => findAll(readBoxes(moof), 'traf').map(({ body }) => readBoxes(body))) ?? []
  return parts.flatMap((boxes) => ifUnderstood(() => readTime(boxes, trackId)) ?? [])
}

function readTime(boxes: readonly Box[], trackId: number): bigint[] {
  if (new Fields(bodyOf(boxes, 'tfhd').subarray(4)).u32() !== trackId) return []
  const fields = new Fields(bodyOf(boxes, 'tfdt'))
  return [readVersion(fields).version === 1 ? fields.u64() : BigInt(fields.u32())]
}
