import { LARGEST_HEIGHT, LARGEST_WIDTH } from './decoder-arguments.js'
import { borrowPictureMemory } from './picture-memory.js'
import { copyInto } from './read-into.js'

/** A picture as the decoder gives it. */
export interface RawPicture {
  readonly width: number
  readonly height: number
  readonly rgb: Buffer
}

/** Thrown when the decoder says something that it should never say. */
class DecoderOutputError extends Error {
  override readonly name = 'DecoderOutputError'
}

/** "P6", two sides of at most four digits, the largest value, each with a line break or a space behind it. */
const LONGEST_HEADER = 17

/** Cuts the decoder's stdout into pictures (PPM with 8 bits a value), each read into its own memory at once. */
export class PictureReader {
  readonly #onPicture: (picture: RawPicture) => void
  readonly #header = Buffer.alloc(LONGEST_HEADER)
  #open: RawPicture | undefined
  #filled = 0

  constructor(onPicture: (picture: RawPicture) => void) {
    this.#onPicture = onPicture
  }

  /** Where the next bytes go; never empty. */
  space(): Buffer {
    return (this.#open?.rgb ?? this.#header).subarray(this.#filled)
  }

  /** So many bytes are in what `space` gave last. Throws DecoderOutputError. */
  take(count: number): void {
    this.#filled += count
    if (this.#open === undefined) this.#readHeader()
    else if (this.#filled === this.#open.rgb.length) this.#finish(this.#open)
  }

  #readHeader(): void {
    const text = this.#header.toString('latin1', 0, this.#filled)
    const found = /^P6\n(\d{1,4}) (\d{1,4})\n255\n/.exec(text)
    if (found !== null) {
      // What follows may have begun, and may be a picture of few pixels and the next header.
      const rest = Buffer.from(text.slice(found[0].length), 'latin1')
      this.#begin(Number(found[1]), Number(found[2]))
      copyInto(rest, { space: () => this.space(), take: (count) => this.take(count) })
    } else if (this.#filled === LONGEST_HEADER) throw new DecoderOutputError('no picture where one should start')
  }

  #begin(width: number, height: number): void {
    const fits = width > 0 && height > 0 && width <= LARGEST_WIDTH && height <= LARGEST_HEIGHT
    if (!fits) throw new DecoderOutputError(`a picture of ${width}x${height}`)
    this.#open = { width, height, rgb: borrowPictureMemory(width * height * 3) }
    this.#filled = 0
  }

  #finish(picture: RawPicture): void {
    this.#open = undefined
    this.#filled = 0
    this.#onPicture(picture)
  }
}

/** Cuts the text of file descriptor 3 into the PTS of each picture: the number of ticks, and seconds. */
export class TimeReader {
  readonly #onTime: (time: PictureTime) => void
  #rest = ''
  #open: (Omit<PictureTime, 'given' | 'isOther'> & { readonly isFirst: boolean }) | undefined
  /** Those that are given and those that are not are counted apart. */
  readonly #told = new Set<string>()

  constructor(onTime: (time: PictureTime) => void) {
    this.#onTime = onTime
  }

  /** Takes the next bytes, cut anywhere. Throws DecoderOutputError. */
  push(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString('latin1')).split('\n')
    this.#rest = lines.pop() ?? ''
    if (this.#rest.length > 200) throw new DecoderOutputError('no line break where one should be')
    for (const line of lines) this.#readLine(line)
  }

  #readLine(line: string): void {
    const found = /^frame:(\d+) +pts:(\S+) +pts_time:(\S+)/.exec(line)
    if (found !== null)
      this.#open = { isFirst: found[1] === '0', ticks: toNumber(found[2]), seconds: toNumber(found[3]) }
    const [, tag] = /^(given|passed)=/.exec(line) ?? []
    if (tag === undefined || this.#open === undefined) return
    const { isFirst, ...time } = this.#open
    this.#open = undefined
    // Filters are set up anew for pictures of another kind, and count anew.
    const isOther = isFirst && this.#told.has(tag)
    this.#told.add(tag)
    this.#onTime({ ...time, given: tag === 'given', isOther })
  }
}

/** Undefined where the decoder knows no time. */
export interface PictureTime {
  readonly ticks: number | undefined
  readonly seconds: number | undefined
  /** The picture itself comes too; else it was decoded, but is not wanted. */
  readonly given: boolean
  /** It is of another size or format than those before: what comes was squeezed into theirs. */
  readonly isOther: boolean
}

function toNumber(text = ''): number | undefined {
  const number = Number(text)
  return Number.isFinite(number) ? number : undefined
}
