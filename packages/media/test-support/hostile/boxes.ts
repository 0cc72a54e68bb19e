/** A box of ISO/IEC 14496-12. */
export function box(type: string, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)))
  return Buffer.concat([u32(8 + body.length), Buffer.from(type, 'latin1'), body])
}

export function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, at) => bytes.writeUInt32BE(value >>> 0, at * 4))
  return bytes
}

/** Replaces the first box of this type with what the change makes of its body, and makes the boxes around it longer. */
export function replaceBox(bytes: Buffer, path: readonly string[], change: (body: Buffer) => Buffer): Buffer {
  const [type = '', ...rest] = path
  const at = findBox(bytes, type)
  if (at === -1) throw new Error(`no ${type}`)
  const end = at + bytes.readUInt32BE(at)
  const body = bytes.subarray(at + 8, end)
  const made = rest.length === 0 ? change(body) : replaceBox(body, rest, change)
  return Buffer.concat([bytes.subarray(0, at), box(type, made), bytes.subarray(end)])
}

/** Moves the chunk offsets of a movie whose head has grown. */
export function shiftChunks(mp4: Buffer, by: number): Buffer {
  const copy = Buffer.from(mp4)
  const table = copy.indexOf('stco', 0, 'latin1') + 8
  for (let entry = 0; entry < copy.readUInt32BE(table); entry += 1) {
    const at = table + 4 + entry * 4
    copy.writeUInt32BE(copy.readUInt32BE(at) + by, at)
  }
  return copy
}

/** Writes over bytes of the first box of this type, wherever it is; the place counts from behind its type. */
export function overwrite(bytes: Buffer, type: string, at: number, value: Buffer): Buffer {
  const found = bytes.indexOf(type, 0, 'latin1')
  if (found === -1) throw new Error(`no ${type}`)
  const copy = Buffer.from(bytes)
  value.copy(copy, found + 4 + at)
  return copy
}

function findBox(bytes: Buffer, type: string): number {
  for (let at = 0; at + 8 <= bytes.length; at += Math.max(8, bytes.readUInt32BE(at))) {
    if (bytes.toString('latin1', at + 4, at + 8) === type) return at
  }
  return -1
}

/** An element of EBML (RFC 8794) with a size of eight bytes. */
export function element(id: string, body: Buffer | string): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body
  const size = Buffer.alloc(8)
  size.writeBigUInt64BE(BigInt(bytes.length))
  size[0] = 0x01
  return Buffer.concat([Buffer.from(id, 'hex'), size, bytes])
}

/** Puts elements in front of the tracks of a Matroska file, in a segment of unknown size. */
export function withElements(mkv: Buffer, ...elements: readonly Buffer[]): Buffer {
  const segment = mkv.indexOf(Buffer.from('18538067', 'hex'))
  const tracks = mkv.indexOf(Buffer.from('1654ae6b', 'hex'))
  const head = Buffer.concat([mkv.subarray(0, segment), Buffer.from('1853806701ffffffffffffff', 'hex')])
  return Buffer.concat([head, ...elements, mkv.subarray(tracks)])
}
