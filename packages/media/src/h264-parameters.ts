import { NotUnderstoodError } from './mp4-boxes.js'

/** Profiles whose parameters name their colours' sampling (ITU-T H.264, 7.3.2.1.1). */
const HIGH_PROFILES = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135])

/** More than the longest set of parameters needs up to where this reads. */
const MOST_BYTES = 2048
/** What the standard allows. */
const MOST_NUMBER_BITS = 16

/** What sequence parameters say of how pictures come. */
export interface FrameRules {
  /** Else one may come as two fields. */
  readonly framesOnly: boolean
  /** Of the number of a frame, in bits. */
  readonly numberBits: number
  /** Each slice says which colour it is of. */
  readonly separateColours: boolean
}

/** Reads sequence parameters (a NAL unit). Throws NotUnderstoodError for what is no such set. */
export function readFrameRules(unit: Buffer): FrameRules {
  const bits = new Bits(withoutEscapes(unit.subarray(1, MOST_BYTES)))
  const profile = bits.take(8)
  bits.take(16)
  bits.golomb()
  const separateColours = HIGH_PROFILES.has(profile) && skipColours(bits)
  const numberBits = 4 + bits.golomb()
  skipOrder(bits)
  bits.golomb()
  bits.take(1)
  bits.golomb()
  bits.golomb()
  if (numberBits > MOST_NUMBER_BITS) throw new NotUnderstoodError('numbers of frames that are too long')
  return { framesOnly: bits.take(1) === 1, numberBits, separateColours }
}

/** A slice's numbers in front of the one that is asked for end within these. */
const SLICE_BYTES = 64

/** True for a slice (a NAL unit) of a field. Throws NotUnderstoodError where it ends before it says so. */
export function isOfField(slice: Buffer, { framesOnly, numberBits, separateColours }: FrameRules): boolean {
  if (framesOnly) return false
  const bits = new Bits(withoutEscapes(slice.subarray(1, SLICE_BYTES)))
  bits.golomb()
  bits.golomb()
  bits.golomb()
  bits.take(numberBits + (separateColours ? 2 : 0))
  return bits.take(1) === 1
}

/** Says whether the colours are coded apart. */
function skipColours(bits: Bits): boolean {
  const sampling = bits.golomb()
  const areSeparate = sampling === 3 && bits.take(1) === 1
  bits.golomb()
  bits.golomb()
  bits.take(1)
  if (bits.take(1) === 0) return areSeparate
  for (let at = 0; at < (sampling === 3 ? 12 : 8); at += 1) {
    if (bits.take(1) === 1) skipMatrix(bits, at < 6 ? 16 : 64)
  }
  return areSeparate
}

function skipMatrix(bits: Bits, size: number): void {
  let [last, next] = [8, 8]
  for (let at = 0; at < size && next !== 0; at += 1) {
    next = (last + bits.signed() + 256) % 256
    if (next !== 0) last = next
  }
}

/** How pictures are put in order. */
function skipOrder(bits: Bits): void {
  const kind = bits.golomb()
  if (kind === 0) bits.golomb()
  if (kind !== 1) return
  bits.take(1)
  bits.golomb()
  bits.golomb()
  const cycle = bits.golomb()
  if (cycle > 255) throw new NotUnderstoodError('a cycle of more than 255 pictures')
  for (let at = 0; at < cycle; at += 1) bits.golomb()
}

/** Between two zeros and a small number stands a three that says nothing. */
function withoutEscapes(bytes: Buffer): Buffer {
  return Buffer.from(bytes.filter((byte, at) => !(byte === 3 && at >= 2 && bytes[at - 1] === 0 && bytes[at - 2] === 0)))
}

class Bits {
  #at = 0

  constructor(private readonly bytes: Buffer) {}

  take(count: number): number {
    let value = 0
    for (let left = count; left > 0; left -= 1) {
      const byte = this.bytes[this.#at >> 3]
      if (byte === undefined) throw new NotUnderstoodError('parameters are cut short')
      value = value * 2 + ((byte >> (7 - (this.#at & 7))) & 1)
      this.#at += 1
    }
    return value
  }

  golomb(): number {
    let zeros = 0
    while (this.take(1) === 0) zeros += 1
    if (zeros > 32) throw new NotUnderstoodError('a number of more than 32 bits')
    return 2 ** zeros - 1 + this.take(zeros)
  }

  signed(): number {
    const value = this.golomb()
    return value % 2 === 1 ? (value + 1) / 2 : -value / 2
  }
}
