import { readMatroskaTimes } from './matroska-times.js'
import { areCrowded } from './picture-clock.js'
import { MISTIMED, refusedInspection, type SegmentInspection } from './segment-inspection.js'

const FILE_HEAD = Buffer.from('1a45dfa3', 'hex')
/** What stands in such a head: version, longest id and size, type and its versions, a checksum, or nothing (RFC 8794, 11.2). */
const HEAD_FIELDS = new Set(['4286', '42f7', '42f2', '42f3', '4282', '4287', '4285', 'bf', 'ec'])

/**
 * Refuses what are several files one behind the other, since a decoder knows the tracks of the first only, and pictures at times at
 * which nobody can see them: a decoder tells the times of keyframes only. Else nothing is known.
 */
export function inspectMatroska(bytes: Buffer): SegmentInspection | undefined {
  let heads = 0
  for (let at = bytes.indexOf(FILE_HEAD); at !== -1; at = bytes.indexOf(FILE_HEAD, at + 4)) {
    if (isHead(bytes, at + FILE_HEAD.length)) heads += 1
  }
  if (heads > 1) return refusedInspection('several files in one segment')
  return areCrowded(readMatroskaTimes(bytes)) ? refusedInspection(MISTIMED) : undefined
}

/** Four bytes alone are found in pictures too. `at`: behind them, where the size stands. */
function isHead(bytes: Buffer, at: number): boolean {
  const sizeBytes = Math.clz32(bytes[at] ?? 0) - 24 + 1
  const field = bytes.toString('hex', at + sizeBytes, at + sizeBytes + 2)
  return HEAD_FIELDS.has(field) || HEAD_FIELDS.has(field.slice(0, 2))
}
