/** What the head of a coded picture says. */
export interface PictureHead {
  /** Undefined when no slice was found. */
  readonly isKeyframe: boolean | undefined
  /** The parameter sets in front of it, as they are. */
  readonly parameterSets: readonly Buffer[]
  readonly firstSlice: Buffer | undefined
}

/** Stream types of ISO/IEC 13818-1 table 2-34. */
export const H264 = 0x1b
export const HEVC = 0x24

/** True when the kind of every picture can be told from its bytes. */
export function knowsCodec(streamType: number): boolean {
  return streamType === H264 || streamType === HEVC
}

/** A part of a coded picture. */
export function isSlice(unit: Buffer, streamType: number): boolean {
  const first = unit[0] ?? 0
  if (streamType === HEVC) return ((first >> 1) & 0x3f) < 32
  const type = first & 0x1f
  return type >= 1 && type <= 5
}

/** The slice with the picture's first block: a 1 in front of all else. */
export function beginsPicture(slice: Buffer, streamType: number): boolean {
  return ((slice[streamType === HEVC ? 2 : 1] ?? 0) & 0x80) !== 0
}

/** Reads the NAL units in front of the first slice of a coded picture. */
export function readPictureHead(units: Iterable<Buffer>, streamType: number): PictureHead {
  const parameterSets: Buffer[] = []
  let recovers = false
  for (const unit of units) {
    const kind = streamType === HEVC ? hevcKind(unit) : h264Kind(unit)
    if (kind === 'parameters') parameterSets.push(unit)
    if (kind === 'recovery-point') recovers = true
    if (kind === 'keyframe' || kind === 'slice')
      return { isKeyframe: recovers || kind === 'keyframe', parameterSets, firstSlice: unit }
  }
  return { isKeyframe: undefined, parameterSets, firstSlice: undefined }
}

type Kind = 'parameters' | 'keyframe' | 'recovery-point' | 'slice' | 'other'

function h264Kind(unit: Buffer): Kind {
  const type = (unit[0] ?? 0) & 0x1f
  if (type === 7) return 'parameters'
  if (type === 5) return 'keyframe'
  if (type === 6) return hasRecoveryPoint(unit) ? 'recovery-point' : 'other'
  return type >= 1 && type <= 4 ? 'slice' : 'other'
}

function hevcKind(unit: Buffer): Kind {
  const type = ((unit[0] ?? 0) >> 1) & 0x3f
  if (type === 32 || type === 33) return 'parameters'
  if (type >= 16 && type <= 21) return 'keyframe'
  return type < 16 ? 'slice' : 'other'
}

/** The decoder takes a picture behind a recovery point (SEI message 6) as a keyframe too. */
function hasRecoveryPoint(unit: Buffer): boolean {
  for (let at = 1; at + 2 < unit.length;) {
    const type = readSeiNumber(unit, at)
    const size = readSeiNumber(unit, type.next)
    if (type.value === 6) return true
    at = size.next + size.value
  }
  return false
}

function readSeiNumber(unit: Buffer, from: number): { value: number; next: number } {
  let value = 0
  let next = from
  while (unit[next] === 0xff) {
    value += 255
    next += 1
  }
  return { value: value + (unit[next] ?? 0), next: next + 1 }
}

const START_CODE = Buffer.from([0, 0, 1])

/** NAL units with start codes in front (Annex B). */
export function* splitStartCodes(bytes: Buffer): Generator<Buffer> {
  for (let start = bytes.indexOf(START_CODE); start !== -1;) {
    const end = bytes.indexOf(START_CODE, start + 3)
    const unit = bytes.subarray(start + 3, end === -1 ? bytes.length : end)
    if (unit.length > 0) yield unit
    start = end
  }
}

/** NAL units with their length in front, as in MP4, up to the first that is cut short. */
export function* splitLengths(bytes: Buffer, lengthBytes: number): Generator<Buffer> {
  for (let at = 0; at + lengthBytes <= bytes.length;) {
    const start = at + lengthBytes
    at = start + bytes.readUIntBE(at, lengthBytes)
    if (at > bytes.length) return
    if (at > start) yield bytes.subarray(start, at)
  }
}
