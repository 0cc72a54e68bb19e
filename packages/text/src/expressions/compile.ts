import { RE2JS, RE2JSException } from 're2js'

export class ExpressionError extends Error {
  override readonly name = 'ExpressionError'
}

/** Where an expression was found: UTF-16 units, end exclusive. */
export interface Found {
  readonly start: number
  readonly end: number
}

export interface CompiledExpression {
  /** Every place of it in a text, without overlaps; the place of the first group when it has one that took part. */
  findAll(text: string): Found[]
}

/** So many places of one expression in one message are told. */
const mostFound = 50

/** Compiles an expression in RE2's syntax: its time is linear in the text. Throws ExpressionError that says what is wrong. */
export function compile(expression: string): CompiledExpression {
  const compiled = attempt(expression)
  if (compiled.matches('') || compiled.matcher('').find())
    throw new ExpressionError('expression is found in an empty text: it would hit every message')
  return { findAll: (text) => findAll(compiled, text) }
}

function attempt(expression: string): RE2JS {
  try {
    return RE2JS.compile(expression)
  } catch (error) {
    // By name too: across realms (under a test runner) the class is another one.
    const isOurs = error instanceof RE2JSException || (error instanceof Error && error.name.startsWith('RE2JS'))
    if (!isOurs) throw error
    throw new ExpressionError(`expression is not RE2 syntax: ${error.message}`)
  }
}

function findAll(compiled: RE2JS, text: string): Found[] {
  const matcher = compiled.matcher(text)
  const hasGroup = compiled.groupCount() > 0
  const found: Found[] = []
  while (found.length < mostFound && matcher.find()) {
    const group = hasGroup && matcher.start(1) >= 0 ? 1 : 0
    const place = { start: matcher.start(group), end: matcher.end(group) }
    if (place.end > place.start) found.push(place)
  }
  return found
}
