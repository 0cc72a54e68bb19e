import { createHash } from 'node:crypto'
import { canonicalJson, type DecodedEvent } from '@streamkeeper/contracts'

/** Tells equal content from other content, whatever the order of fields or the spelling of the JSON was. */
export function digestEvent(event: DecodedEvent): string {
  const { type, subject, time, data, bytes } = event
  const hash = createHash('sha256').update(canonicalJson({ type, subject, time: time.toISOString(), data }))
  if (bytes !== undefined) hash.update(createHash('sha256').update(bytes).digest())
  return hash.digest('hex')
}

export function digestText(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
