export interface PlannedLine {
  script: 'zh' | 'en'
  size: number
  text: string
  /** The word of a lexicon that was planted in the text, if one was. */
  word: string | null
  angle: number
  font: { name: string; css: (size: number) => string }
  style: string
  dark: boolean
  shift: number
}
export interface TextPicture {
  width: number
  height: number
  rgb: Buffer
  lines: (PlannedLine & { ground: string; squeezed: boolean; top: number; bottom: number })[]
}
export function planLines(count: number, seed?: number): PlannedLine[]
export function drawPictures(planned: readonly PlannedLine[], seed?: number): Promise<TextPicture[]>
export function drawOverlay(lines: readonly OverlayLine[], ground?: string): TextPicture
/** A line in Noto Sans, white on a dark box; `middle` is the middle of its left edge. */
export interface OverlayLine {
  text: string
  size: number
  middle: [x: number, y: number]
}
