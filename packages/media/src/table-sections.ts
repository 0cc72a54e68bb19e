import { readPackets } from './transport-packets.js'

/** A section is at most so long (ISO/IEC 13818-1, 2.4.4.4), with its head. */
const MOST_BYTES = 1024

/**
 * The sections of a kind of table in the packets of these streams, each from behind its length field to before its checksum. They
 * may begin anywhere in a packet and go over several. Those that are not in force yet, or not whole, are left out.
 */
export function* readSections(aligned: Buffer, pids: ReadonlySet<number>, tableId: number): Generator<Buffer> {
  const open = new Map<number, Buffer>()
  for (const { pid, starts, payload } of readPackets(aligned, pids)) {
    const [behind, from] = starts ? [1, 1 + (payload[0] ?? 0)] : [0, payload.length]
    const before = open.get(pid)
    open.delete(pid)
    const left = [
      before === undefined
        ? undefined
        : yield* takeWhole(Buffer.concat([before, payload.subarray(behind, from)]), tableId),
      starts ? yield* takeWhole(payload.subarray(from), tableId) : undefined,
    ].findLast((rest) => rest !== undefined)
    if (left !== undefined) open.set(pid, left)
  }
}

const HEAD_BYTES = 3
const CHECKSUM_BYTES = 4
const STUFFING = 0xff

/** Gives what is left over. */
function* takeWhole(bytes: Buffer, tableId: number): Generator<Buffer, Buffer | undefined> {
  let at = 0
  while (at + HEAD_BYTES <= bytes.length && bytes[at] !== STUFFING) {
    const end = at + HEAD_BYTES + (bytes.readUInt16BE(at + 1) & 0x0fff)
    if (end - at > MOST_BYTES) return undefined
    if (end > bytes.length) break
    const body = bytes.subarray(at + HEAD_BYTES, Math.max(at + HEAD_BYTES, end - CHECKSUM_BYTES))
    if (bytes[at] === tableId && isInForce(body)) yield body
    at = end
  }
  return at < bytes.length && bytes[at] !== STUFFING ? bytes.subarray(at) : undefined
}

function isInForce(body: Buffer): boolean {
  return body.length >= 5 && ((body[2] ?? 0) & 1) === 1
}
