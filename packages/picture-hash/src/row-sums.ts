import { blue, green, red, type Pixels } from './pixels.js'

const { imul } = Math
/** Every other byte of four: each has 16 bits to be summed in. */
const lanes = 0x00ff00ff
/** 255 times the square of it still fits in 16 bits: pictures of up to 2,048 rows. */
const largestWindow = 16
const isLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

/** Writes the mean luma of rows that are weighted 1, 2, … window, … 2, 1, from a row on, as one value a column. */
export interface RowSums {
  write(start: number, luma: Float64Array): void
}

/** The sums of a picture, four bytes at a time in a word; null where they do not fit. */
export function createRowSums(picture: Pixels, window: number): RowSums | null {
  if (window > largestWindow || !isLittleEndian) return null
  const { words, stride } = wordsOf(picture)
  const even = new Int32Array(stride)
  const odd = new Int32Array(stride)
  const bytes = { even: new Uint16Array(even.buffer), odd: new Uint16Array(odd.buffer) }
  return {
    write: (start, luma) => {
      sumWords({ words, stride, from: start * stride, window }, even, odd)
      writeLuma(bytes, luma, window * window)
    },
  }
}

interface Words {
  readonly words: Int32Array
  /** So many words a row. */
  readonly stride: number
}

/** The bytes as they lie, or copied where rows do not begin at a word. */
function wordsOf({ width, height, rgb }: Pixels): Words {
  const length = width * 3
  const stride = Math.ceil(length / 4)
  if (rgb.byteOffset % 4 === 0 && length % 4 === 0)
    return { words: new Int32Array(rgb.buffer, rgb.byteOffset, stride * height), stride }
  const bytes = new Uint8Array(stride * 4 * height)
  for (let y = 0; y < height; y += 1) bytes.set(rgb.subarray(y * length, (y + 1) * length), y * stride * 4)
  return { words: new Int32Array(bytes.buffer), stride }
}

/** Rows of the same weight lie as far above the middle as below it: they are added before they are weighted. */
function sumWords(
  { words, stride, from, window }: Words & { readonly from: number; readonly window: number },
  even: Int32Array,
  odd: Int32Array,
): void {
  for (let column = 0; column < stride; column += 1) {
    let upper = from + column
    let lower = upper + (2 * window - 2) * stride
    let evens = 0
    let odds = 0
    for (let weight = 1; weight < window; weight += 1) {
      const one = words[upper] ?? 0
      const other = words[lower] ?? 0
      evens = (evens + imul((one & lanes) + (other & lanes), weight)) | 0
      odds = (odds + imul(((one >>> 8) & lanes) + ((other >>> 8) & lanes), weight)) | 0
      upper += stride
      lower -= stride
    }
    const middle = words[upper] ?? 0
    even[column] = (evens + imul(middle & lanes, window)) | 0
    odd[column] = (odds + imul((middle >>> 8) & lanes, window)) | 0
  }
}

/** Byte `n` of a row lies in `even` or `odd` at half of `n`; three are a pixel, six are two. */
function writeLuma(
  { even, odd }: { readonly even: Uint16Array; readonly odd: Uint16Array },
  luma: Float64Array,
  weights: number,
): void {
  const [r, g, b] = [red / weights, green / weights, blue / weights]
  for (let x = 0, at = 0; x < luma.length; x += 2, at += 3) {
    luma[x] = r * (even[at] ?? 0) + g * (odd[at] ?? 0) + b * (even[at + 1] ?? 0)
    luma[x + 1] = r * (odd[at + 1] ?? 0) + g * (even[at + 2] ?? 0) + b * (odd[at + 2] ?? 0)
  }
}
