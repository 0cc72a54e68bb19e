/** What the head of a coded picture says. */ /** True when the kind of every picture can be told from its bytes. */ export function knowsCodec(
  streamType,
) {
  return streamType === 0x1b || streamType === 0x24
}
/** Reads the NAL units in front of the first slice of a coded picture in Annex B form. */ export function readPictureHead(
  bytes,
  streamType,
) {
  const parameterSets = []
  let recovers = false
  for (const unit of splitUnits(bytes)) {
    const kind = streamType === 0x24 ? hevcKind(unit) : h264Kind(unit)
    if (kind === 'parameters') parameterSets.push(unit)
    if (kind === 'recovery-point') recovers = true
    if (kind === 'keyframe' || kind === 'slice')
      return {
        isKeyframe: recovers || kind === 'keyframe',
        parameterSets,
      }
  }
  return {
    isKeyframe: undefined,
    parameterSets,
  }
}
function h264Kind(unit) {
  const type = (unit[0] ?? 0) & 0x1f
  if (type === 7) return 'parameters'
  if (type === 5) return 'keyframe'
  if (type === 6) return hasRecoveryPoint(unit) ? 'recovery-point' : 'other'
  return type >= 1 && type <= 4 ? 'slice' : 'other'
}
function hevcKind(unit) {
  const type = ((unit[0] ?? 0) >> 1) & 0x3f
  if (type === 32 || type === 33) return 'parameters'
  if (type >= 16 && type <= 21) return 'keyframe'
  return type < 16 ? 'slice' : 'other'
}
/** The decoder takes a picture behind a recovery point (SEI message 6) as a keyframe too. */ function hasRecoveryPoint(
  unit,
) {
  for (let at = 1; at + 2 < unit.length;) {
    const type = readSeiNumber(unit, at)
    const size = readSeiNumber(unit, type.next)
    if (type.value === 6) return true
    at = size.next + size.value
  }
  return false
}
function readSeiNumber(unit, from) {
  let value = 0
  let next = from
  while (unit[next] === 0xff) {
    value += 255
    next += 1
  }
  return {
    value: value + (unit[next] ?? 0),
    next: next + 1,
  }
}
const START_CODE = Buffer.from([0, 0, 1])
function* splitUnits(bytes) {
  for (let start = bytes.indexOf(START_CODE); start !== -1;) {
    const end = bytes.indexOf(START_CODE, start + 3)
    const unit = bytes.subarray(start + 3, end === -1 ? bytes.length : end)
    if (unit.length > 0) yield unit
    start = end
  }
}

//# sourceMappingURL=nal-units.js.map
