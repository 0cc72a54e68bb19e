const PACKET_BYTES = 188
const SYNC = 0x47
/** So many packets in a row make an offset believable. */ const PROOF_PACKETS = 5
/**
 * The whole, aligned packets of a transport stream without what lies between; empty when it is none. Linear in the input. A
 * tail of half a packet would cost the next segment its first packet.
 */ export function alignPackets(bytes) {
  const runs = []
  for (let at = findPacket(bytes, 0); at !== -1;) {
    let end = at
    while (end + PACKET_BYTES <= bytes.length && bytes[end] === SYNC) end += PACKET_BYTES
    runs.push(bytes.subarray(at, end))
    at = findPacket(bytes, end)
  }
  const [first] = runs
  return runs.length === 1 && first !== undefined ? first : Buffer.concat(runs)
}
function findPacket(bytes, from) {
  for (let at = bytes.indexOf(SYNC, from); at !== -1; at = bytes.indexOf(SYNC, at + 1)) {
    if (at + PACKET_BYTES > bytes.length) return -1
    if (isProven(bytes, at)) return at
  }
  return -1
}
function isProven(bytes, at) {
  for (let packet = 1; packet < PROOF_PACKETS; packet += 1) {
    const next = at + packet * PACKET_BYTES
    if (next + PACKET_BYTES > bytes.length) return true
    if (bytes[next] !== SYNC) return false
  }
  return true
}
/** The packets of an aligned transport stream; broken ones are left out. */ export function* readPackets(aligned) {
  for (let at = 0; at + PACKET_BYTES <= aligned.length; at += PACKET_BYTES) {
    const packet = readPacket(aligned.subarray(at, at + PACKET_BYTES))
    if (packet !== undefined) yield packet
  }
}
function readPacket(packet) {
  const second = packet.readUInt8(1)
  const control = packet.readUInt8(3)
  const broken = (second & 0x80) !== 0
  const scrambled = (control & 0xc0) !== 0
  if (broken || scrambled || (control & 0x10) === 0) return undefined
  const hasAdaptation = (control & 0x20) !== 0
  const adaptationBytes = hasAdaptation ? packet.readUInt8(4) : -1
  return {
    pid: packet.readUInt16BE(1) & 0x1fff,
    starts: (second & 0x40) !== 0,
    randomAccess: adaptationBytes > 0 && (packet.readUInt8(5) & 0x40) !== 0,
    payload: packet.subarray(Math.min(5 + adaptationBytes, PACKET_BYTES)),
  }
}

//# sourceMappingURL=transport-packets.js.map
