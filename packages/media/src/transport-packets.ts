export const PACKET_BYTES = 188
const SYNC = 0x47

/** So many packets in a row make an offset believable. */
const PROOF_PACKETS = 5

/** One packet of a transport stream, as far as it matters here. */
export interface TransportPacket {
  readonly pid: number
  /** A table or a picture starts here. */
  readonly starts: boolean
  readonly randomAccess: boolean
  /** Counts the packets of its track that carry something, from 0 to 15. */
  readonly counter: number
  readonly payload: Buffer
}

/**
 * The whole, aligned packets of a transport stream without what lies between; empty when it is none. Linear in the input. A
 * tail of half a packet would cost the next segment its first packet.
 */
export function alignPackets(bytes: Buffer): Buffer {
  const runs: Buffer[] = []
  for (let at = findPacket(bytes, 0); at !== -1;) {
    let end = at
    while (end + PACKET_BYTES <= bytes.length && bytes[end] === SYNC) end += PACKET_BYTES
    runs.push(bytes.subarray(at, end))
    at = findPacket(bytes, end)
  }
  const [first] = runs
  return runs.length === 1 && first !== undefined ? first : Buffer.concat(runs)
}

function findPacket(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(SYNC, from); at !== -1; at = bytes.indexOf(SYNC, at + 1)) {
    if (at + PACKET_BYTES > bytes.length) return -1
    if (isProven(bytes, at)) return at
  }
  return -1
}

function isProven(bytes: Buffer, at: number): boolean {
  for (let packet = 1; packet < PROOF_PACKETS; packet += 1) {
    const next = at + packet * PACKET_BYTES
    if (next + PACKET_BYTES > bytes.length) return true
    if (bytes[next] !== SYNC) return false
  }
  return true
}

/**
 * The packets of an aligned transport stream, or those of one stream or some in it. Those that are marked as broken or scrambled count
 * too: players take them as they are.
 */
export function* readPackets(aligned: Buffer, wanted?: number | ReadonlySet<number>): Generator<TransportPacket> {
  const wants = (pid: number): boolean => (typeof wanted === 'number' ? pid === wanted : wanted?.has(pid) !== false)
  for (let at = 0; at + PACKET_BYTES <= aligned.length; at += PACKET_BYTES) {
    const second = aligned[at + 1] ?? 0
    const pid = ((second & 0x1f) << 8) | (aligned[at + 2] ?? 0)
    if (wants(pid) && ((aligned[at + 3] ?? 0) & 0x10) !== 0) yield new Packet(aligned, at, pid)
  }
}

/** Where the payload begins in the packet at this place; at its end when it has none. */
export function payloadStart(aligned: Buffer, at: number): number {
  const control = aligned[at + 3] ?? 0
  if ((control & 0x10) === 0) return PACKET_BYTES
  const field = (control & 0x20) === 0 ? 0 : 1 + (aligned[at + 4] ?? 0)
  return Math.min(4 + field, PACKET_BYTES)
}

/** Reads what it is asked for: of a hundred packets of a picture hardly more than ten are. */
class Packet implements TransportPacket {
  readonly starts: boolean

  constructor(
    private readonly aligned: Buffer,
    private readonly at: number,
    readonly pid: number,
  ) {
    this.starts = ((aligned[at + 1] ?? 0) & 0x40) !== 0
  }

  get randomAccess(): boolean {
    return this.#adaptationBytes > 0 && (this.aligned.readUInt8(this.at + 5) & 0x40) !== 0
  }

  get counter(): number {
    return this.aligned.readUInt8(this.at + 3) & 0x0f
  }

  get payload(): Buffer {
    return this.aligned.subarray(this.at + payloadStart(this.aligned, this.at), this.at + PACKET_BYTES)
  }

  /** -1 when it has no such field. */
  get #adaptationBytes(): number {
    return (this.aligned.readUInt8(this.at + 3) & 0x20) === 0 ? -1 : this.aligned.readUInt8(this.at + 4)
  }
}
