import type { PageEvent } from '@streamkeeper/contracts'

/** One line of the event stream; null for what this page does not know, so that the server may add types. */
export function readPageEvent(line: string): PageEvent | null {
  const value = parseJson(line)
  if (typeof value !== 'object' || value === null || !('type' in value)) return null
  if (value.type === 'case' && 'caseId' in value && typeof value.caseId === 'string') return value as PageEvent
  if (value.type === 'alarms' && 'open' in value && typeof value.open === 'number') return value as PageEvent
  if (value.type === 'ready' && 'away' in value && Array.isArray(value.away)) return value as PageEvent
  return null
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
