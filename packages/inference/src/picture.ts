/** A decoded picture: rows from the top, three bytes (red, green, blue) a pixel, no padding. */
export interface Picture {
  width: number
  height: number
  rgb: Buffer
}

/** The decoder hands over 720p at most; this only keeps a slip from eating the memory. */
const LARGEST_SIDE = 4096

/** Says what is wrong with a picture, or nothing. */
export function findPictureFault({ width, height, rgb }: Picture): string | undefined {
  for (const side of [width, height]) {
    if (!Number.isInteger(side) || side < 1 || side > LARGEST_SIDE) return `a side of ${side} pixels`
  }
  const expected = width * height * 3
  return rgb.length === expected ? undefined : `${rgb.length} bytes for ${width}x${height}, expected ${expected}`
}
