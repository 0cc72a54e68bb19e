import type {
  AlarmList,
  AlarmView,
  CaseDetail,
  CaseList,
  CaseListQuery,
  ClaimView,
  DecideHeldRequest,
  DecideHeldView,
  DecideRequest,
  DecideView,
  HeldList,
  HeldListQuery,
  SessionView,
  SignInRequest,
  StatusView,
} from '@streamkeeper/contracts'
import { ApiError, readProblem } from './api-error.js'

const root = '/api/v1'
export type ListState = CaseListQuery['state']
/** Which held messages, in which order; without a stream those of all, without `after` from the first on. */
export type HeldQuestion = Pick<HeldListQuery, 'stream' | 'order' | 'limit' | 'after'>
export type Api = ReturnType<typeof createApi>

interface Call {
  method?: 'GET' | 'POST' | 'DELETE'
  body?: unknown
  signal?: AbortSignal
}

const casePath = (caseId: string, verb = '') => `/cases/${encodeURIComponent(caseId)}${verb}`

function heldPath({ stream, order, limit, after }: HeldQuestion): string {
  const query = new URLSearchParams({ order, limit: String(limit) })
  if (stream !== undefined) query.set('stream', stream)
  if (after !== undefined) query.set('after', after)
  return `/held?${query.toString()}`
}

/** Where a picture lies; looking at a still is written down with the reason. */
export function evidenceUrl(sha256: string, caseId: string): string {
  return `${root}/evidence/${sha256}?${new URLSearchParams({ case: caseId, reason: 'review' }).toString()}`
}

/** The HLS list of what the stream showed around a hit; asking for it is written down. */
export function clipUrl(caseId: string, signalId: string): string {
  return `${root}${casePath(caseId)}/clips/${encodeURIComponent(signalId)}`
}

/** Sends a call and throws ApiError for every answer that is not a 2xx. */
function createSend(fetchFrom: typeof fetch, csrf: () => string) {
  return async function send(path: string, call: Call = {}): Promise<Response> {
    const method = call.method ?? 'GET'
    const headers: Record<string, string> = { accept: 'application/json' }
    if (method !== 'GET') headers['x-csrf-token'] = csrf()
    if (call.body !== undefined) headers['content-type'] = 'application/json'
    const answer = await fetchFrom(`${root}${path}`, {
      method,
      headers,
      credentials: 'same-origin',
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    }).catch((cause: unknown) => {
      if (call.signal?.aborted) throw cause
      throw new ApiError({ code: 'NETWORK', status: 0, message: String(cause) })
    })
    if (!answer.ok) throw await readProblem(answer)
    return answer
  }
}

/** The console's API as functions. Keeps the csrf token of the session that it last saw. */
export function createApi(fetchFrom: typeof fetch = (...args) => fetch(...args)) {
  let csrf = ''
  const send = createSend(fetchFrom, () => csrf)
  const read = async <T>(path: string, call?: Call) => (await (await send(path, call)).json()) as T
  const post = async <T>(path: string, body: unknown = {}) => read<T>(path, { method: 'POST', body })
  const keep = (session: SessionView) => {
    csrf = session.csrf
    return session
  }
  return {
    signIn: async (body: SignInRequest) => keep(await post<SessionView>('/session', body)),
    session: async () => keep(await read<SessionView>('/session')),
    signOut: async () => void (await send('/session', { method: 'DELETE' })),
    status: async () => read<StatusView>('/status'),
    cases: async (state: ListState) => read<CaseList>(`/cases?state=${state}&limit=100`),
    case: async (caseId: string) => read<CaseDetail>(casePath(caseId)),
    claim: async (caseId: string) => post<ClaimView>(casePath(caseId, '/claim')),
    claimNext: async () => {
      const answer = await send('/cases/next', { method: 'POST', body: {} })
      return answer.status === 204 ? null : ((await answer.json()) as ClaimView)
    },
    heartbeat: async ({ caseId, leaseToken }: ClaimView) =>
      post<ClaimView>(casePath(caseId, '/heartbeat'), { leaseToken }),
    release: async ({ caseId, leaseToken }: ClaimView) =>
      void (await send(casePath(caseId, '/release'), { method: 'POST', body: { leaseToken } })),
    decide: async (caseId: string, body: DecideRequest) => post<DecideView>(casePath(caseId, '/decisions'), body),
    undo: async (decisionId: string) =>
      void (await send(`/decisions/${encodeURIComponent(decisionId)}`, { method: 'DELETE' })),
    held: async (question: HeldQuestion) => read<HeldList>(heldPath(question)),
    decideHeld: async (body: DecideHeldRequest) => post<DecideHeldView>('/held/decisions', body),
    alarms: async () => read<AlarmList>('/alarms'),
    takeAlarm: async (alarmId: number) => post<AlarmView>(`/alarms/${alarmId}/take`),
    still: async (url: string, signal: AbortSignal) => (await send(url.slice(root.length), { signal })).blob(),
  }
}

export const api = createApi()
