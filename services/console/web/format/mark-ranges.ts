export interface TextRange {
  start: number
  end: number
}

export interface TextPart {
  text: string
  /** Offset in the original text, in UTF-16 units: a stable key. */
  at: number
  marked: boolean
}

/**
 * Cuts a text into marked and plain parts. Ranges are UTF-16 units of the text as it was sent, end exclusive;
 * they may overlap, touch or run over the end. The parts put together are the text again.
 */
export function markRanges(text: string, ranges: readonly TextRange[]): TextPart[] {
  const parts: TextPart[] = []
  let at = 0
  const push = (end: number, marked: boolean) => {
    if (end > at) parts.push({ text: text.slice(at, end), at, marked })
    at = Math.max(at, end)
  }
  for (const range of [...ranges].sort((a, b) => a.start - b.start || b.end - a.end)) {
    push(Math.min(range.start, text.length), false)
    push(Math.min(range.end, text.length), true)
  }
  push(text.length, false)
  return parts
}
