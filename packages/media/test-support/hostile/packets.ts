import { readPackets } from '../../src/transport-packets.js'

const PACKET = 188

/** A table of a transport stream in one packet, with a right checksum. */
export function tablePacket(pid: number, tableId: number, tableIdExtension: number, entries: Buffer): Buffer {
  const length = 5 + entries.length + 4
  const head = Buffer.from([tableId, 0xb0 | (length >> 8), length & 0xff, 0, 0, 0xc1, 0, 0])
  head.writeUInt16BE(tableIdExtension, 3)
  const section = Buffer.concat([head, entries])
  const check = Buffer.alloc(4)
  check.writeUInt32BE(crc(section))
  const packet = Buffer.alloc(PACKET, 0xff)
  Buffer.concat([Buffer.from([0x47, 0x40 | (pid >> 8), pid & 0xff, 0x10, 0]), section, check]).copy(packet)
  return packet
}

/** Writes each packet of one stream as one of another. */
export function movePid(ts: Buffer, from: number, to: number): Buffer {
  const copy = Buffer.from(ts)
  for (let at = 0; at + PACKET <= copy.length; at += PACKET) {
    const word = copy.readUInt16BE(at + 1)
    if ((word & 0x1fff) === from) copy.writeUInt16BE((word & 0xe000) | to, at + 1)
  }
  return copy
}

/** The map of a program whose picture is this. */
export function mapPacket(mapPid: number, pid: number, streamType = 0x1b): Buffer {
  const entry = [streamType, 0xe0 | (pid >> 8), pid & 0xff, 0xf0, 0]
  return tablePacket(mapPid, 2, 1, Buffer.from([0xe0 | (pid >> 8), pid & 0xff, 0xf0, 0, ...entry]))
}

/** Writes a picture stream anew, so many pictures in each packet of its track, `alone` of them alone in front. */
export function packPictures(ts: Buffer, pid: number, size: number, alone: number): Buffer {
  const pictures: Buffer[][] = []
  for (const { starts, payload } of readPackets(ts, pid)) {
    if (starts) pictures.push([])
    pictures.at(-1)?.push(payload)
  }
  const whole = pictures.map((parts) => Buffer.concat(parts))
  const groups = whole.slice(0, alone).map((one) => [one])
  for (let at = alone; at < whole.length; at += size) groups.push(whole.slice(at, at + size))
  const packets: Buffer[] = [ts.subarray(0, 3 * PACKET)]
  for (const [first = Buffer.alloc(0), ...more] of groups) {
    const content = Buffer.concat([first, ...more.map((one) => one.subarray(9 + (one[8] ?? 0)))])
    // A picture may leave its length open.
    content.writeUInt16BE(0, 4)
    packets.push(...toPackets(content, pid, packets.length - 1))
  }
  return Buffer.concat(packets)
}

function toPackets(content: Buffer, pid: number, from: number): Buffer[] {
  const most = PACKET - 4
  return Array.from({ length: Math.ceil(content.length / most) }, (_, at) => {
    const part = content.subarray(at * most, (at + 1) * most)
    const left = most - part.length
    const filling = left === 0 ? [] : [left - 1, ...(left > 1 ? [0] : []), ...Array(Math.max(0, left - 2)).fill(0xff)]
    const control = (left === 0 ? 0x10 : 0x30) | ((from + at) & 0x0f)
    return Buffer.concat([
      Buffer.from([0x47, (at === 0 ? 0x40 : 0) | (pid >> 8), pid & 0xff, control, ...filling]),
      part,
    ])
  })
}

/** Changes each packet of one stream from its picture of this number on; the bytes count from the packet's start. */
export function markPackets(ts: Buffer, pid: number, fromPicture: number, mark: (packet: Buffer) => void): Buffer {
  const copy = Buffer.from(ts)
  let picture = -1
  for (let at = 0; at + PACKET <= copy.length; at += PACKET) {
    const word = copy.readUInt16BE(at + 1)
    if ((word & 0x1fff) !== pid) continue
    if ((word & 0x4000) !== 0) picture += 1
    if (picture >= fromPicture) mark(copy.subarray(at, at + PACKET))
  }
  return copy
}

/** Writes each PTS of the picture's packets anew. */
export function changeTimes(ts: Buffer, change: (pts: number, at: number) => number): Buffer {
  const copy = Buffer.from(ts)
  let at = 0
  for (const { starts, payload } of readPackets(copy)) {
    const isPicture =
      starts && payload.length > 14 && payload.readUIntBE(0, 3) === 1 && ((payload[7] ?? 0) & 0x80) !== 0
    if (!isPicture) continue
    const before = ((payload[9] ?? 0) >> 1) & 7
    const pts = before * 2 ** 30 + (payload.readUInt16BE(10) >> 1) * 2 ** 15 + (payload.readUInt16BE(12) >> 1)
    writeTime(payload, 9, change(pts, at))
    // DTS, where there is one, follows.
    if (((payload[7] ?? 0) & 0x40) !== 0) writeTime(payload, 14, change(pts, at))
    at += 1
  }
  return copy
}

function writeTime(payload: Buffer, at: number, ticks: number): void {
  const wrapped = ((ticks % 2 ** 33) + 2 ** 33) % 2 ** 33
  payload[at] = ((payload[at] ?? 0) & 0xf1) | (Math.floor(wrapped / 2 ** 30) << 1)
  payload.writeUInt16BE((Math.floor(wrapped / 2 ** 15) % 2 ** 15) * 2 + 1, at + 1)
  payload.writeUInt16BE((wrapped % 2 ** 15) * 2 + 1, at + 3)
}

/** CRC-32/MPEG-2. */
function crc(bytes: Buffer): number {
  let value = 0xffffffff
  for (const byte of bytes) {
    value ^= byte << 24
    for (let bit = 0; bit < 8; bit += 1) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1
  }
  return value >>> 0
}
