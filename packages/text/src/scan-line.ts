import { AnyTime, Id, type ErrorCode, type TextMatch, type Verdict } from '@streamkeeper/contracts'
import { defaultLines, judgeMatches, type VerdictLines } from './judge-matches.js'
import type { Expressions } from './expressions/expressions.js'
import type { Matcher } from './matcher.js'
import type { RecentMessages } from './recent-messages.js'

const longestText = 10_000

/** One line of input of `text scan`. */
interface TextLine {
  readonly id: string
  readonly text: string
  readonly account: string | undefined
  /** Milliseconds since the epoch; 0 when the line says none. */
  readonly at: number
}

export interface ScannedLine {
  readonly id: string
  readonly verdict: Verdict
  readonly matches: TextMatch[]
}

export interface RefusedLine {
  /** Number of the line, from 1. */
  readonly line: number
  readonly error: { readonly code: ErrorCode; readonly message: string }
}

export interface ScanOptions extends Partial<VerdictLines> {
  /** Number of the line, from 1. */
  readonly line: number
  /** Of the lines before: what an account splits over several is found when this is given, and lines name accounts. */
  readonly recent?: RecentMessages
  readonly expressions?: Expressions
}

/**
 * Answers one JSON line `{ id, text, account?, time? }`. A line that cannot be read is an answer too, never an exception:
 * INVALID_JSON, INVALID_EVENT (the message names the field), INVALID_ID, TEXT_TOO_LONG (10,000 code points).
 * The verdict goes by `holdFrom` and `blockFrom`, 40 and 80 when not given.
 */
export function scanLine(
  matcher: Matcher,
  source: string,
  { line, recent, expressions, ...lines }: ScanOptions,
): ScannedLine | RefusedLine {
  // What some programs put before all that they write is no part of the first line.
  const parsed = parseLine(line === 1 ? source.replace(/^\ufeff/, '') : source)
  if ('code' in parsed) return { line, error: { code: parsed.code, message: parsed.message } }
  const { text, account, at } = parsed
  const before = account === undefined ? [] : (recent?.add(account, { text, at }) ?? [])
  const matches = [...matcher.scanAfter(before, text), ...matcher.scan(text, expressions?.find(text))]
  return { id: parsed.id, verdict: judgeMatches(matches, { ...defaultLines, ...lines }), matches }
}

interface Refusal {
  readonly code: ErrorCode
  readonly message: string
}

function parseLine(source: string): TextLine | Refusal {
  let value: unknown
  try {
    value = JSON.parse(source)
  } catch (error) {
    return { code: 'INVALID_JSON', message: error instanceof Error ? error.message : 'not JSON' }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { code: 'INVALID_EVENT', message: 'the line must be an object with id and text' }
  }
  return readFields(value as Readonly<Record<string, unknown>>)
}

function readFields(fields: Readonly<Record<string, unknown>>): TextLine | Refusal {
  const { id, text, account, time } = fields
  if (typeof id !== 'string') return { code: 'INVALID_EVENT', message: 'id must be a string' }
  if (!Id.safeParse(id).success) {
    return { code: 'INVALID_ID', message: 'id: 1 to 128 letters, digits and . _ : ~ @ - are allowed' }
  }
  if (typeof text !== 'string') return { code: 'INVALID_EVENT', message: 'text must be a string' }
  if (text.length > longestText && Array.from(text).length > longestText) {
    return { code: 'TEXT_TOO_LONG', message: `text has more than ${longestText} characters` }
  }
  return readSender(id, text, { account, time })
}

function readSender(id: string, text: string, fields: { account: unknown; time: unknown }): TextLine | Refusal {
  const account = Id.optional().safeParse(fields.account)
  if (!account.success) return { code: 'INVALID_EVENT', message: 'account must be an id' }
  const time = AnyTime.optional().safeParse(fields.time)
  if (!time.success) return { code: 'INVALID_EVENT', message: 'time must be an RFC 3339 time with an offset' }
  return { id, text, account: account.data, at: time.data === undefined ? 0 : Date.parse(time.data) }
}
