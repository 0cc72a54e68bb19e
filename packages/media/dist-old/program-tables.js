/** Which packets of a transport stream carry its picture. */ const VIDEO_TYPES = new Set([
  0x01, 0x02, 0x10, 0x1b, 0x24, 0x33, 0x42, 0xd1, 0xea,
])
/** The pid of the first program's map in a packet of the program association table. */ export function readProgramMapPid(
  payload,
) {
  const section = readSection(payload, 0x00)
  if (section === undefined) return undefined
  for (let at = 5; at + 4 <= section.length; at += 4) {
    if (section.readUInt16BE(at) !== 0) return section.readUInt16BE(at + 2) & 0x1fff
  }
  return undefined
}
/** The first picture track in a packet of a program map table. */ export function readVideoTrack(payload) {
  const section = readSection(payload, 0x02)
  if (section === undefined || section.length < 9) return undefined
  let at = 9 + (section.readUInt16BE(7) & 0x0fff)
  while (at + 5 <= section.length) {
    const streamType = section.readUInt8(at)
    if (VIDEO_TYPES.has(streamType))
      return {
        pid: section.readUInt16BE(at + 1) & 0x1fff,
        streamType,
      }
    at += 5 + (section.readUInt16BE(at + 3) & 0x0fff)
  }
  return undefined
}
/** A section from behind its length field to before its checksum, cut at the end of the packet. */ function readSection(
  payload,
  tableId,
) {
  if (payload.length === 0) return undefined
  const start = 1 + payload.readUInt8(0)
  if (start + 3 > payload.length || payload.readUInt8(start) !== tableId) return undefined
  const end = start + 3 + (payload.readUInt16BE(start + 1) & 0x0fff) - 4
  return payload.subarray(start + 3, Math.max(start + 3, Math.min(end, payload.length)))
}

//# sourceMappingURL=program-tables.js.map
