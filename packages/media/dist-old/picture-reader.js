import { LARGEST_HEIGHT, LARGEST_WIDTH } from './decoder-arguments.js'
/** Thrown when the decoder says something that it should never say. */ class DecoderOutputError extends Error {
  name = 'DecoderOutputError'
}
/** "P6", two sides of at most four digits, the largest value, each with a line break or a space behind it. */ const LONGEST_HEADER = 17
/** Cuts the decoder's stdout into pictures (PPM with 8 bits a value). */ export class PictureReader {
  #onPicture
  #header = ''
  #open
  constructor(onPicture) {
    this.#onPicture = onPicture
  }
  /** Takes the next bytes, cut anywhere. Throws DecoderOutputError. */ push(chunk) {
    let rest = chunk
    while (rest.length > 0) rest = this.#open === undefined ? this.#readHeader(rest) : this.#fill(this.#open, rest)
  }
  #readHeader(chunk) {
    for (let at = 0; at < chunk.length; at += 1) {
      this.#header += String.fromCharCode(chunk[at] ?? 0)
      const found = /^P6\n(\d{1,4}) (\d{1,4})\n255\n$/.exec(this.#header)
      if (found !== null) {
        this.#begin(Number(found[1]), Number(found[2]))
        return chunk.subarray(at + 1)
      }
      if (this.#header.length >= LONGEST_HEADER) throw new DecoderOutputError('no picture where one should start')
    }
    return chunk.subarray(chunk.length)
  }
  #begin(width, height) {
    const fits = width > 0 && height > 0 && width <= LARGEST_WIDTH && height <= LARGEST_HEIGHT
    if (!fits) throw new DecoderOutputError(`a picture of ${width}x${height}`)
    this.#header = ''
    this.#open = {
      width,
      height,
      rgb: Buffer.allocUnsafeSlow(width * height * 3),
      filled: 0,
    }
  }
  #fill(open, chunk) {
    const copied = chunk.copy(open.rgb, open.filled)
    open.filled += copied
    if (open.filled === open.rgb.length) {
      this.#open = undefined
      this.#onPicture({
        width: open.width,
        height: open.height,
        rgb: open.rgb,
      })
    }
    return chunk.subarray(copied)
  }
}
/** Cuts the text of file descriptor 3 into the PTS of each picture: the number of ticks, and seconds. */ export class TimeReader {
  #onTime
  #rest = ''
  #open
  constructor(onTime) {
    this.#onTime = onTime
  }
  /** Takes the next bytes, cut anywhere. Throws DecoderOutputError. */ push(chunk) {
    const lines = (this.#rest + chunk.toString('latin1')).split('\n')
    this.#rest = lines.pop() ?? ''
    if (this.#rest.length > 200) throw new DecoderOutputError('no line break where one should be')
    for (const line of lines) this.#readLine(line)
  }
  #readLine(line) {
    const found = /^frame:\d+ +pts:(\S+) +pts_time:(\S+)/.exec(line)
    if (found !== null)
      this.#open = {
        ticks: toNumber(found[1]),
        seconds: toNumber(found[2]),
      }
    const tag = /^(given|passed)=/.exec(line)
    if (tag === null || this.#open === undefined) return
    this.#onTime({
      ...this.#open,
      given: tag[1] === 'given',
    })
    this.#open = undefined
  }
}
function toNumber(text = '') {
  const number = Number(text)
  return Number.isFinite(number) ? number : undefined
}

//# sourceMappingURL=picture-reader.js.map
