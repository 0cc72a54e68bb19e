import type { ReadOptions, TextLine } from '../src/index.js'
import type { Picture } from '../src/index.js'
import type { LineScore, Rates } from './text-score.mjs'

export interface Scroll {
  lines: { id: string; word: string | null }[]
  moves: boolean
}
export interface ScrollScore extends LineScore {
  /** Of the line: one line has a score for each picture on which it is whole. */
  id: string
  direction: 'left' | 'up'
  /** In pixels a second. */
  speed: number
  foundOnce: boolean | null
}
export type ScrollRates = Rates & { lines: number; pictures: number }
type Read = (picture: Picture, options: ReadOptions) => Promise<{ lines: TextLine[] }>

export function planScrolls(count: number, seed?: number): Scroll[]
export function readScrolls(read: Read, scrolls: readonly Scroll[]): Promise<ScrollScore[]>
export function rateScrolls(scores: readonly ScrollScore[]): ScrollRates
export function summariseScrolls(
  scores: readonly ScrollScore[],
  by: (score: ScrollScore) => string,
): ({ group: string } & ScrollRates)[]
