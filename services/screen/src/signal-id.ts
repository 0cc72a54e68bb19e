import { createHash } from 'node:crypto'
import type { Versioned } from '@streamkeeper/contracts'

/** The same hit of the same model or rule on the same thing has the same id, however often it is looked at. */
export function signalIdOf(streamId: string, source: Versioned, seenOn: string): string {
  const text = [streamId, source.name, source.version, source.sha256, seenOn].join('\0')
  return `sig-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`
}
