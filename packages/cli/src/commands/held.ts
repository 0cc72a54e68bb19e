import {
  DecideHeldView,
  HeldList,
  HeldListQuery,
  Id,
  type HeldAnswer,
  type HeldDecision,
  type HeldView,
} from '@streamkeeper/contracts'
import type { Command } from 'commander'
import { callConsole } from '../call-console.js'
import { findRunning } from '../find-running.js'
import { exitCodes, printJson, printLine, UsageError } from '../output.js'
import { withCommon } from './with-common.js'

interface Options {
  readonly stream?: string
  readonly order: string
  readonly limit: string
  readonly json?: boolean
  readonly data?: string
}

/** As many as one call of the API takes. */
const mostAtOnce = 200
const pageSize = 100

/** `held list|release|block`: chat messages that wait for a verdict. */
export function addHeldCommand(program: Command): void {
  const held = program.command('held').description('Chat messages that the filter holds until somebody decides')
  withCommon(held.command('list'), 'held list --stream live-7 --json', 'one JSON object a line')
    .description('Messages that wait, with what was found in them and when the policy decides')
    .option('--stream <id>', 'only those of a stream')
    .option('--order <order>', HeldListQuery.shape.order.unwrap().options.join(' or '), 'oldest')
    .option('--limit <number>', 'at most so many', String(pageSize))
    .action(list)
  for (const [decision, does] of [
    ['release', 'Lets messages through'],
    ['block', 'Blocks messages for good'],
  ] as const) {
    const command = held.command(`${decision} <messageId...>`)
    withCommon(command, `held ${decision} m-1 m-2 --stream live-7`, 'one JSON object a message and a summary')
      .description(`${does}; exit code 2 when one was decided before or is not known`)
      .requiredOption('--stream <id>', 'the stream that they were written in')
      .action((ids: readonly string[], options: Options) => decide(decision, ids, options))
  }
}

async function list({ stream, order, limit, json, data }: Options): Promise<void> {
  const wanted = Number(limit)
  if (!Number.isSafeInteger(wanted) || wanted < 1) throw new UsageError('--limit: a number from 1')
  if (!HeldListQuery.shape.order.unwrap().safeParse(order).success) throw new UsageError('--order: oldest or newest')
  const running = await findRunning(data)
  const query = new URLSearchParams({ order, ...(stream === undefined ? {} : { stream: idOf(stream, '--stream') }) })
  for (let left = wanted; left > 0;) {
    query.set('limit', String(Math.min(left, pageSize)))
    const { messages, next } = await callConsole(running, `/held?${query.toString()}`, HeldList)
    for (const message of messages) {
      if (json === true) printJson(message)
      else printLine(describe(message))
    }
    left -= messages.length
    if (next === null) return
    query.set('after', next)
  }
}

async function decide(
  decision: HeldDecision,
  messageIds: readonly string[],
  { stream = '', json, data }: Options,
): Promise<void> {
  const streamId = idOf(stream, '--stream')
  const messages = [...new Set(messageIds)].map((id) => ({ streamId, messageId: idOf(id, 'messageId') }))
  const running = await findRunning(data)
  const counts = { done: 0, 'already-decided': 0, unknown: 0 }
  let waiting = 0
  for (let at = 0; at < messages.length; at += mostAtOnce) {
    const body = { decision, messages: messages.slice(at, at + mostAtOnce) }
    const answer = await callConsole(running, '/held/decisions', DecideHeldView, { method: 'POST', body })
    waiting = answer.waiting
    for (const one of answer.results) {
      counts[one.result] += 1
      if (json === true) printJson(one)
      else printLine(tell(one))
    }
  }
  const { done, unknown } = counts
  const decided = counts['already-decided']
  if (json === true) printJson({ event: 'decided', decision, done, alreadyDecided: decided, unknown, waiting })
  else printLine(`${done} done, ${decided} decided before, ${unknown} not known; ${waiting} wait`)
  if (done < messages.length) process.exitCode = exitCodes.no
}

/** Throws UsageError that names where the id stood. */
function idOf(text: string, name: string): string {
  const id = Id.safeParse(text)
  if (id.success) return id.data
  throw new UsageError(`${name}: ${quote(text)} is no id: 1 to 128 letters, digits and . _ : ~ @ -`)
}

function describe(message: HeldView): string {
  const { streamId, messageId, accountId, text, matches, fallback, severity, heldAt, dueAt, timeoutVerdict } = message
  const why = fallback ?? matches.map(({ entry, category }) => `${category} ${entry}`).join(', ')
  const words = text === null ? '(its text is not known here)' : quote(text)
  const fate = `${timeoutVerdict} at ${dueAt}`
  return [heldAt, streamId, messageId, accountId ?? '-', severity, quote(why), fate, words].join('  ')
}

function tell({ messageId, result, state, decidedBy, decidedAt }: HeldAnswer): string {
  if (result === 'unknown') return `${messageId}: not known: see \`held list\``
  return result === 'done'
    ? `${messageId}: ${state ?? ''}`
    : `${messageId}: decided before: ${state ?? ''} by ${decidedBy ?? '-'} at ${decidedAt ?? '-'}`
}

/** What a viewer wrote, without what could move the cursor or turn the line around. */
function quote(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`)
}
