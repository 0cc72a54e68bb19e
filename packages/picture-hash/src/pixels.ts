/** RGB bytes, rows from the top, three bytes a pixel, no padding. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly rgb: Uint8Array
}

/** Luma of ITU-R BT.601, as the reference has it. */
export const [red, green, blue] = [0.299, 0.587, 0.114] as const
