import type { PageEvent, Role, StatusView } from '@streamkeeper/contracts'
import { countOpenAlarms, listChangedCases, readHeldMark } from '@streamkeeper/database'
import { isRetriable } from '@streamkeeper/pipeline'
import type { FastifyInstance } from 'fastify'
import { leads, reviewers } from '../access.js'
import { authenticate, type Visitor } from '../auth.js'
import type { Deps } from '../deps.js'
import { visitorOf } from '../guard.js'

const everyMs = 300
/** Times are set by several processes: asked again with an overlap, what was told already is dropped by version. */
const overlapMs = 5_000
const pingEveryMs = 15_000
/** A session that was ended elsewhere must be told nothing more within 5 s. */
const checkEveryMs = 2_000

/** What the page is told while it is open, and how the engines are. */
export async function addLiveRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const open = new Set<() => void>()
  const findAway = createLook(() => ask(deps))
  const findHeld = createLook(() => readHeldMark(deps.database))
  app.addHook('preClose', async () => {
    for (const close of open) close()
  })

  app.get('/status', async (): Promise<StatusView> => {
    const away = await findAway()
    return { ok: away.length === 0, away, archive: deps.archive, at: deps.now().toISOString() }
  })

  app.get('/events', async (request, reply) => {
    const { role } = visitorOf(request)
    reply.hijack()
    const stream = reply.raw
    stream.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    const stopped = new AbortController()
    const close = (): void => stopped.abort()
    open.add(close)
    request.raw.once('close', close)
    const isIn = createSessionCheck(() => authenticate(deps, request, [role]))
    await tellChanges(
      deps,
      { findAway, findHeld },
      { role, isIn, signal: stopped.signal, write: (text) => void stream.write(text) },
    )
    open.delete(close)
    stream.end()
  })
}

interface Told {
  readonly role: Role
  readonly isIn: () => Promise<boolean>
  readonly signal: AbortSignal
  readonly write: (text: string) => void
}

interface Looks {
  readonly findAway: () => Promise<string[]>
  readonly findHeld: () => ReturnType<typeof readHeldMark>
}

async function tellChanges(
  deps: Deps,
  { findAway, findHeld }: Looks,
  { role, isIn, signal, write }: Told,
): Promise<void> {
  const told = new Map<string, number>()
  let since = deps.now()
  let wasAway = 'unknown'
  let alarms = -1
  let held = 'unknown'
  let pingAt = 0
  const send = (event: PageEvent): void => write(`data: ${JSON.stringify(event)}\n\n`)
  while (!signal.aborted && (await isIn())) {
    const away = await findAway()
    if (String(away) !== wasAway) send({ type: 'ready', ok: away.length === 0, away })
    wasAway = String(away)
    if (!away.includes('postgres')) {
      since = await tellCases(deps, { since, told, send })
      if (leads.includes(role)) alarms = await tellAlarms(deps, { alarms, send })
      if (reviewers.includes(role)) held = await tellHeld(findHeld, { held, send })
    }
    if (Date.now() >= pingAt) {
      write(': ping\n\n')
      pingAt = Date.now() + pingEveryMs
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}

async function tellCases(
  { database, now }: Deps,
  { since, told, send }: { since: Date; told: Map<string, number>; send: (event: PageEvent) => void },
): Promise<Date> {
  const next = now()
  for (const { caseId, version } of await listChangedCases(database, new Date(since.getTime() - overlapMs), 500)) {
    if (told.get(caseId) === version) continue
    told.set(caseId, version)
    send({ type: 'case', caseId, version })
  }
  return next
}

async function tellAlarms(
  { database }: Deps,
  { alarms, send }: { alarms: number; send: (event: PageEvent) => void },
): Promise<number> {
  const open = await countOpenAlarms(database)
  if (open !== alarms) send({ type: 'alarms', open })
  return open
}

async function tellHeld(
  findHeld: Looks['findHeld'],
  { held, send }: { held: string; send: (event: PageEvent) => void },
): Promise<string> {
  const { waiting, mark } = await findHeld()
  if (mark !== held) send({ type: 'held', waiting })
  return mark
}

/** Whether the session is still good, asked at most every 2 s. While the database is away nobody is thrown out. */
function createSessionCheck(ask: () => Promise<Visitor>): () => Promise<boolean> {
  let askedAt = Date.now()
  return async () => {
    if (Date.now() - askedAt < checkEveryMs) return true
    askedAt = Date.now()
    return ask().then(
      () => true,
      (error: unknown) => isRetriable(error),
    )
  }
}

const lookEveryMs = 1_000

/** Asks at most once a second, however many pages are open. */
function createLook<T>(ask: () => Promise<T>): () => Promise<T> {
  let last: { readonly at: number; readonly answer: Promise<T> } | null = null
  return () => {
    if (last === null || Date.now() - last.at > lookEveryMs) last = { at: Date.now(), answer: ask() }
    return last.answer
  }
}

async function ask({ database, queue, spool }: Deps): Promise<string[]> {
  const engines: Record<string, () => Promise<void>> = {
    postgres: () => database.ping(),
    redis: () => queue.ping(),
    s3: () => spool.ping(),
  }
  const answers = await Promise.all(
    Object.entries(engines).map(async ([name, ping]) => ((await doesAnswer(ping)) ? [] : [name])),
  )
  return answers.flat()
}

async function doesAnswer(ping: () => Promise<void>): Promise<boolean> {
  return ping().then(
    () => true,
    () => false,
  )
}
