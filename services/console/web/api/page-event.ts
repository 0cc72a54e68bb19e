import type { PageEvent } from '@streamkeeper/contracts'

/** One line of the event stream; null for what this page does not know, so that the server may add types. */
export function readPageEvent(line: string): PageEvent | null {
  const value = parseJson(line)
  if (typeof value !== 'object' || value === null) return null
  return isKnown(value as Record<string, unknown>) ? (value as PageEvent) : null
}

function isKnown({ type, caseId, open, waiting, away }: Record<string, unknown>): boolean {
  if (type === 'case') return typeof caseId === 'string'
  if (type === 'alarms') return typeof open === 'number'
  if (type === 'held') return typeof waiting === 'number'
  return type === 'ready' && Array.isArray(away)
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
