import type { TextLine } from '../src/index.js'
import type { TextPicture } from './text-pictures.mjs'

export interface LineScore {
  script: string
  size: number
  angle: number
  text: string
  got: string
  errors: number
}
export interface Rates {
  accuracy: number
  withoutSpaces: number
  /** Null when no word was planted. */
  recall: number | null
}
export function scorePicture(picture: TextPicture, reading: { lines: TextLine[] }): LineScore[]
export function rate(scores: readonly LineScore[]): Rates
export function summarise(
  scores: readonly LineScore[],
  by: (score: LineScore) => string,
): ({ group: string; lines: number } & Rates)[]
