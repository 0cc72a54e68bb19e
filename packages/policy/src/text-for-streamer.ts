import type { Rule } from '@streamkeeper/contracts'

/** What a rule says to the streamer, in the language of the stream (BCP 47, as the platform gave it) where it has it. */
export function textFor(
  { textForStreamer, textsForStreamer }: Pick<Rule, 'textForStreamer' | 'textsForStreamer'>,
  language: string | null | undefined,
): string {
  const tag = (language ?? '').toLowerCase()
  const [primary = ''] = tag.split('-')
  const found = [tag, primary].find((one) => Object.hasOwn(textsForStreamer, one))
  return found === undefined ? textForStreamer : (textsForStreamer[found] ?? textForStreamer)
}
