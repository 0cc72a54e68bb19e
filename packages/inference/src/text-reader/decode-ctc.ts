export type DecodedText = { ok: true; text: string; score: number } | { ok: false; detail: string }

/**
 * Greedy CTC: `likeliest` is [class, probability] a step; class 0 is no letter, and a class that follows itself is one
 * letter. The score is the mean probability of the letters, 0 without any. Numbers that are none are no answer.
 */
export function decodeCtc(likeliest: Float32Array, letters: readonly string[]): DecodedText {
  let text = ''
  let sum = 0
  let count = 0
  let before = 0
  for (let step = 0; step < likeliest.length; step += 2) {
    const index = likeliest[step] as number
    const letter = letters[index]
    // NaN is no index either, so that a broken step ends here.
    if (letter === undefined) return { ok: false, detail: `step ${step / 2}: no letter has number ${index}` }
    if (index !== 0 && index !== before) {
      text += letter
      sum += likeliest[step + 1] as number
      count++
    }
    before = index
  }
  return { ok: true, text, score: count === 0 ? 0 : sum / count }
}
