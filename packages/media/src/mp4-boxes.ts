/** Thrown by the readers of MP4 for what they do not understand, however it came about. */
export class NotUnderstoodError extends Error {
  override readonly name = 'NotUnderstoodError'
}

/** Thrown for what a decoder would give only a part of: whatever it gave, nobody has looked at it. The message says why. */
export class PartlySeenError extends Error {
  override readonly name = 'PartlySeenError'
}

/** A box of ISO/IEC 14496-12. `at` and `end` count in the bytes that it was read from. */
export interface Box {
  readonly type: string
  readonly at: number
  readonly end: number
  readonly body: Buffer
}

/** A minute in fragments of one picture at 120 a second, with two boxes beside each, stays below. */
const MOST_BOXES = 30_000

const SHORT_HEAD = 8
const LONG_HEAD = 16

/** The boxes that fill these bytes, one behind the other. Throws NotUnderstoodError unless they fill them exactly. */
export function readBoxes(bytes: Buffer): Box[] {
  const boxes: Box[] = []
  for (let at = 0; at < bytes.length;) {
    const box = readBox(bytes, at)
    boxes.push(box)
    at = box.end
    if (boxes.length > MOST_BOXES) throw new NotUnderstoodError('too many boxes')
  }
  return boxes
}

/** Those up to the first that is broken: a player takes them too. */
export function readBoxesUpToBroken(bytes: Buffer): Box[] {
  const boxes: Box[] = []
  for (let at = 0; at < bytes.length && boxes.length <= MOST_BOXES;) {
    const box = ifUnderstood(() => readBox(bytes, at))
    if (box === undefined) break
    boxes.push(box)
    at = box.end
  }
  return boxes
}

/** Undefined for what is not understood. */
export function ifUnderstood<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof NotUnderstoodError) return undefined
    throw error
  }
}

/** A size of 0 ("up to the end") is not taken: such a file is still being written. */
function readBox(bytes: Buffer, at: number): Box {
  const left = bytes.length - at
  if (left < SHORT_HEAD) throw new NotUnderstoodError('a box is cut short')
  const short = bytes.readUInt32BE(at)
  const head = short === 1 ? LONG_HEAD : SHORT_HEAD
  if (left < head) throw new NotUnderstoodError('a box is cut short')
  const size = short === 1 ? Number(bytes.readBigUInt64BE(at + SHORT_HEAD)) : short
  if (size < head || size > left) throw new NotUnderstoodError('a box has a wrong size')
  const end = at + size
  return { type: bytes.toString('latin1', at + 4, at + 8), at, end, body: bytes.subarray(at + head, end) }
}

export function findAll(boxes: readonly Box[], type: string): Box[] {
  return boxes.filter((box) => box.type === type)
}

/** The only box of its type, or undefined. Throws NotUnderstoodError when there are several. */
export function findOne(boxes: readonly Box[], type: string): Box | undefined {
  const [first, second] = findAll(boxes, type)
  if (second !== undefined) throw new NotUnderstoodError(`several ${type}`)
  return first
}

/** The body of the only box of its type. Throws NotUnderstoodError when there is none, or more than one. */
export function bodyOf(boxes: readonly Box[], type: string): Buffer {
  const box = findOne(boxes, type)
  if (box === undefined) throw new NotUnderstoodError(`no ${type}`)
  return box.body
}

/** Reads numbers one behind the other (big endian). Throws NotUnderstoodError at the end of the bytes. */
export class Fields {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#claim(1))
  }

  u16(): number {
    return this.#bytes.readUInt16BE(this.#claim(2))
  }

  u32(): number {
    return this.#bytes.readUInt32BE(this.#claim(4))
  }

  i32(): number {
    return this.#bytes.readInt32BE(this.#claim(4))
  }

  u64(): bigint {
    return this.#bytes.readBigUInt64BE(this.#claim(8))
  }

  bytes(size: number): Buffer {
    const at = this.#claim(size)
    return this.#bytes.subarray(at, at + size)
  }

  rest(): Buffer {
    return this.bytes(this.#bytes.length - this.#at)
  }

  #claim(size: number): number {
    const at = this.#at
    if (size > this.#bytes.length - at) throw new NotUnderstoodError('a box ends within a field')
    this.#at = at + size
    return at
  }
}

/** Version and flags in front of a full box. */
export function readVersion(fields: Fields): { version: number; flags: number } {
  const word = fields.u32()
  return { version: word >>> 24, flags: word & 0xffffff }
}
