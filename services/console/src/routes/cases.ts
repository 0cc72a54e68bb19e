import {
  CaseListQuery,
  DecideRequest,
  Id,
  LeaseRequest,
  StreamkeeperError,
  type CaseDetail,
  type CaseList,
  type ClaimView,
  type DecideView,
} from '@streamkeeper/contracts'
import {
  claimCase,
  countCases,
  decide,
  extendLease,
  findDecision,
  LeaseLostError,
  listCases,
  releaseCase,
  undoDecision,
  type CaseRow,
} from '@streamkeeper/database'
import type { FastifyInstance } from 'fastify'
import { leads } from '../access.js'
import type { Deps } from '../deps.js'
import { visitorOf } from '../guard.js'
import { parse } from '../parse.js'
import { shareRuns } from '../share-runs.js'
import { loadCase, showCase, summarise } from '../show-case.js'
import { viewCommand, viewDecision } from '../views.js'

interface CaseParams {
  readonly Params: { readonly caseId: string }
}

const states = {
  waiting: ['open', 'claimed'],
  mine: ['claimed'],
  decided: ['decided', 'enforcing', 'dark', 'disobeyed', 'closed'],
  all: ['open', 'claimed', 'decided', 'enforcing', 'dark', 'disobeyed', 'closed'],
} as const satisfies Record<CaseListQuery['state'], readonly CaseRow['state'][]>

/** The review queue and what is done with a case. */
export async function addCaseRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  addReading(app, deps)
  addClaiming(app, deps)
  addDeciding(app, deps)
}

/** Lists are the same for all who look at once, but for one's own. */
function createLists(deps: Deps): (query: CaseListQuery, person: string) => Promise<CaseList> {
  const { database, now } = deps
  const shared = new Map<string, () => Promise<CaseList>>()
  const read = async ({ state, limit }: CaseListQuery, claimedBy?: string): Promise<CaseList> => {
    const filter = { states: states[state], limit, ...(claimedBy === undefined ? {} : { claimedBy }) }
    const rows = await listCases(database, filter, now())
    return {
      cases: await summarise(deps, rows),
      waiting: await countCases(database, ['open']),
      at: now().toISOString(),
    }
  }
  return (query, person) => {
    if (query.state === 'mine') return read(query, person)
    const name = `${query.state} ${query.limit}`
    const list = shared.get(name) ?? shareRuns(() => read(query))
    shared.set(name, list)
    return list()
  }
}

function addReading(app: FastifyInstance, deps: Deps): void {
  const list = createLists(deps)
  app.get('/cases', async (request): Promise<CaseList> => {
    return list(parse(CaseListQuery, request.query), visitorOf(request).username)
  })

  app.get<CaseParams>('/cases/:caseId', async (request): Promise<CaseDetail> => {
    return showCase(deps, await loadCase(deps, parse(Id, request.params.caseId)))
  })
}

function addClaiming(app: FastifyInstance, deps: Deps): void {
  const { database, queue, policy, now } = deps

  async function claim(caseId: string, person: string): Promise<ClaimView> {
    const row = await claimCase(database, { caseId, person, now: now(), leaseMs: policy.leaseMs })
    await queue.remove(caseId)
    return viewClaim(row)
  }

  app.post<CaseParams>('/cases/:caseId/claim', async (request): Promise<ClaimView> => {
    const { username } = visitorOf(request)
    return claim((await loadCase(deps, parse(Id, request.params.caseId))).caseId, username)
  })

  /** null when somebody was quicker. */
  async function tryClaim(caseId: string, person: string): Promise<ClaimView | null> {
    return claim(caseId, person).catch((error: unknown) => {
      if (error instanceof LeaseLostError) return null
      throw error
    })
  }

  app.post('/cases/next', async (request, reply): Promise<ClaimView | undefined> => {
    const { username } = visitorOf(request)
    for (let job = await queue.next(); job !== null; job = await queue.next()) {
      const claimed = await tryClaim(job.caseId, username)
      if (claimed !== null) return claimed
    }
    // The queue may be behind the database, as when it was wiped a moment ago.
    for (const { caseId } of await listCases(database, { states: ['open'], limit: 20 }, now())) {
      const claimed = await tryClaim(caseId, username)
      if (claimed !== null) return claimed
    }
    return reply.code(204).send()
  })

  app.post<CaseParams>('/cases/:caseId/heartbeat', async (request): Promise<ClaimView> => {
    const { username: person } = visitorOf(request)
    const leaseToken = Number(parse(LeaseRequest, request.body).leaseToken)
    const holder = { caseId: parse(Id, request.params.caseId), person, leaseToken, now: now() }
    return viewClaim(await extendLease(database, holder, policy.leaseMs))
  })

  app.post<CaseParams>('/cases/:caseId/release', async (request, reply) => {
    const { username: person } = visitorOf(request)
    const leaseToken = Number(parse(LeaseRequest, request.body).leaseToken)
    await releaseCase(database, { caseId: parse(Id, request.params.caseId), person, leaseToken, now: now() })
    return reply.code(204).send()
  })
}

function addDeciding(app: FastifyInstance, deps: Deps): void {
  const { database, policy, now } = deps

  app.post<CaseParams>('/cases/:caseId/decisions', async (request): Promise<DecideView> => {
    const { username } = visitorOf(request)
    const { label, textForStreamer, note, leaseToken, ...rest } = parse(DecideRequest, request.body)
    const decided = await decide(database, {
      ...rest,
      caseId: parse(Id, request.params.caseId),
      leaseToken: Number(leaseToken),
      actor: { kind: 'person', id: username },
      reason: { label, textForStreamer, policy: policy.identity, ...(note === undefined ? {} : { note }) },
      now: now(),
      rules: policy.commands,
    })
    const [summary] = await summarise(deps, [decided.case])
    if (summary === undefined) throw new Error('a decided case without a summary')
    return {
      case: summary,
      decision: viewDecision(decided.decision, now()),
      commands: decided.commands.map(viewCommand),
    }
  })

  app.delete<{ Params: { decisionId: string } }>('/decisions/:decisionId', async (request, reply) => {
    const { username, role } = visitorOf(request)
    const decision = await findDecision(database, parse(Id, request.params.decisionId))
    if (decision === null) throw new StreamkeeperError('NOT_FOUND', 'there is no such decision')
    if (decision.decidedBy.id !== username && !leads.includes(role))
      throw new StreamkeeperError('FORBIDDEN', 'only who decided, a lead or an admin may take a decision back')
    const actor = { kind: 'person' as const, id: username }
    await undoDecision(database, { decisionId: decision.decisionId, actor, now: now() })
    return reply.code(204).send()
  })
}

function viewClaim({ caseId, leaseToken, leaseUntil }: CaseRow): ClaimView {
  return { caseId, leaseToken: String(leaseToken), leaseUntil: (leaseUntil ?? new Date(0)).toISOString() }
}
