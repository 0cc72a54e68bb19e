import {
  DecideHeldRequest,
  HeldListQuery,
  Id,
  StreamkeeperError,
  type DecideHeldView,
  type HeldAnswer,
  type HeldKey,
  type HeldList,
  type HeldView,
} from '@streamkeeper/contracts'
import {
  countHeld,
  countHeldByStream,
  decideHeld,
  findStreams,
  listHeld,
  type HeldDecisions,
  type HeldPlace,
  type HeldRow,
} from '@streamkeeper/database'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Deps } from '../deps.js'
import { visitorOf } from '../guard.js'
import { parse } from '../parse.js'

const shownStreams = 50
/** 200 messages whose ids are as long as they may be, in any script. */
const bodyLimit = 512 * 1024

/** Held chat messages: what waits, and the final verdict on many at once. */
export async function addHeldRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const { database, now } = deps

  app.get('/held', async (request): Promise<HeldList> => {
    const { stream, order, limit, after } = parse(HeldListQuery, request.query)
    const question = { streamId: stream, order, limit, after: after === undefined ? undefined : readPlace(after) }
    const rows = await listHeld(database, question)
    const streams = await countHeldByStream(database, shownStreams)
    const titles = await findTitles(deps, [...rows, ...streams])
    const last = rows.at(-1)
    return {
      messages: rows.map((row) => viewHeld(row, titles.get(row.streamId) ?? null)),
      waiting: await countHeld(database),
      streams: streams.map((one) => ({ ...one, title: titles.get(one.streamId) ?? null })),
      next: last !== undefined && rows.length === limit ? writePlace(last) : null,
      at: now().toISOString(),
    }
  })

  app.post('/held/decisions', { bodyLimit }, async (request): Promise<DecideHeldView> => {
    const { username: actor, role } = visitorOf(request)
    const { decision, messages } = parse(DecideHeldRequest, request.body)
    const verdict = decision === 'release' ? ('allow' as const) : ('block' as const)
    const outcome = await decideHeld(database, { messages, verdict, actor, role, at: now() })
    return { results: answerEach(messages, outcome), waiting: await countHeld(database) }
  })
}

async function findTitles(
  { database }: Deps,
  rows: readonly { readonly streamId: string }[],
): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(rows.map(({ streamId }) => streamId))]
  const found = ids.length === 0 ? [] : await findStreams(database, ids)
  return new Map(found.map(({ streamId, title }) => [streamId, title]))
}

function viewHeld(row: HeldRow, title: string | null): HeldView {
  const { streamId, messageId, accountId, nickname, text, matches, severity, fallback, policy, timeoutVerdict } = row
  return {
    streamId,
    messageId,
    title,
    accountId,
    nickname,
    text,
    severity,
    fallback,
    policy,
    timeoutVerdict,
    matches: [...matches],
    heldAt: row.heldAt.toISOString(),
    dueAt: row.dueAt.toISOString(),
  }
}

const nameOf = ({ streamId, messageId }: HeldKey): string => JSON.stringify([streamId, messageId])

function answerEach(messages: readonly HeldKey[], { rows, decided }: HeldDecisions): HeldAnswer[] {
  const known = new Map(rows.map((row) => [nameOf(row), row]))
  const done = new Set(decided.map(nameOf))
  return messages.map(({ streamId, messageId }) => {
    const name = nameOf({ streamId, messageId })
    const row = known.get(name)
    if (row === undefined)
      return { streamId, messageId, result: 'unknown', state: null, decidedBy: null, decidedAt: null }
    const { state, decidedBy, decidedAt } = row
    const result = done.has(name) ? 'done' : 'already-decided'
    return { streamId, messageId, result, state, decidedBy, decidedAt: decidedAt?.toISOString() ?? null }
  })
}

const Place = z.tuple([z.number().int().min(0).max(8.64e15), Id, Id])

function writePlace({ heldAt, streamId, messageId }: HeldPlace): string {
  return Buffer.from(JSON.stringify([heldAt.getTime(), streamId, messageId])).toString('base64url')
}

/** Throws INVALID_REQUEST for what is no `next` of ours. */
function readPlace(after: string): HeldPlace {
  const [heldAt, streamId, messageId] = parse(Place.catch(refusePlace), parseJson(after))
  return { heldAt: new Date(heldAt), streamId, messageId }
}

function parseJson(after: string): unknown {
  try {
    return JSON.parse(Buffer.from(after, 'base64url').toString('utf8'))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return refusePlace()
  }
}

function refusePlace(): never {
  throw new StreamkeeperError('INVALID_REQUEST', 'after: not the next of an earlier page; begin without it')
}
