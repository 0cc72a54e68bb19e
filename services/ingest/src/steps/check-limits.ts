import type { DecodedEvent } from '@streamkeeper/contracts'
import { dlq, ok, type Outcome } from '@streamkeeper/pipeline'

const day = 24 * 60 * 60 * 1000
const oldest = 30 * day
const furthestAhead = 5 * 60 * 1000
const longestText = 10_000

/** Times lie within 30 days back and 5 minutes ahead of the broker's clock, so that a replay judges the same; texts are not too long. */
export function checkLimits(event: DecodedEvent, brokerAt: number): Outcome<DecodedEvent> {
  const distance = event.time.getTime() - brokerAt
  if (distance < -oldest || distance > furthestAhead) {
    return dlq('TIME_OUT_OF_RANGE', `time: ${event.time.toISOString()} is not within 30 days back and 5 minutes ahead`)
  }
  const length = textLength(event)
  if (length > longestText) return dlq('TEXT_TOO_LONG', `data.text: ${length} characters, at most ${longestText}`)
  return ok(event)
}

function textLength({ data }: DecodedEvent): number {
  if (!('text' in data) || typeof data.text !== 'string') return 0
  // A character is a code point; a text that is short in UTF-16 units is short in them too.
  return data.text.length <= longestText ? data.text.length : Array.from(data.text).length
}
