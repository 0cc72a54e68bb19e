import { ApiError } from './api-error.js'
import { createApi, evidenceUrl } from './create-api.js'

interface Sent {
  url: string
  init: RequestInit
}

function apiThat(...answers: (Response | Error)[]) {
  const sent: Sent[] = []
  const api = createApi(async (url, init) => {
    sent.push({ url: url instanceof Request ? url.url : url.toString(), init: init ?? {} })
    const answer = answers.shift()
    if (answer instanceof Response) return answer
    throw answer ?? new Error('no answer planned')
  })
  return { api, sent }
}

const json = (body: unknown, status = 200, headers = {}) => new Response(JSON.stringify(body), { status, headers })
const session = { username: 'm7', role: 'moderator', csrf: 'token-1', expiresAt: '2026-10-07T00:00:00.000Z' }
const caught = async (work: Promise<unknown>) => work.then(() => null).catch((error: unknown) => error as ApiError)

describe('createApi', () => {
  it('asks for held messages of a stream, behind the place where the page before ended', async () => {
    const { api, sent } = apiThat(json({}), json({}))
    await api.held({ order: 'oldest', limit: 100 })
    await api.held({ order: 'newest', limit: 100, stream: 'a b', after: 'x+y' })
    expect(sent.map(({ url }) => url)).toEqual([
      '/api/v1/held?order=oldest&limit=100',
      '/api/v1/held?order=newest&limit=100&stream=a+b&after=x%2By',
    ])
  })

  it('sends the csrf token of the session with what changes something, and only with that', async () => {
    const { api, sent } = apiThat(json(session), json({}), new Response(null, { status: 204 }), json({ cases: [] }))
    await api.signIn({ username: 'm7', password: 'p' })
    await api.claim('a/b')
    await api.undo('d1')
    await api.cases('waiting')
    const tokens = sent.map(({ init }) => new Headers(init.headers).get('x-csrf-token'))
    expect(tokens).toEqual(['', 'token-1', 'token-1', null])
    expect(sent.map(({ url }) => url)).toEqual([
      '/api/v1/session',
      '/api/v1/cases/a%2Fb/claim',
      '/api/v1/decisions/d1',
      '/api/v1/cases?state=waiting&limit=100',
    ])
  })

  it('gives null when no case waits', async () => {
    const { api } = apiThat(new Response(null, { status: 204 }))
    expect(await api.claimNext()).toBeNull()
  })

  it('turns problem details into an error with its code', async () => {
    const problem = { type: 'about:blank', title: 'Too many', status: 429, code: 'RATE_LIMITED', detail: 'wait' }
    const { api } = apiThat(json(problem, 429, { 'retry-after': '30' }))
    const error = await caught(api.session())
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ code: 'RATE_LIMITED', status: 429, retryAfter: 30, retriable: true, message: 'wait' })
  })

  it('does not try a conflict again', async () => {
    const { api } = apiThat(json({ title: 'Changed', code: 'CASE_CONFLICT' }, 409))
    expect(await caught(api.case('c'))).toMatchObject({ code: 'CASE_CONFLICT', retriable: false, retryAfter: null })
  })

  it('names an answer without problem details by its status', async () => {
    const { api } = apiThat(new Response('<html>', { status: 502 }))
    expect(await caught(api.status())).toMatchObject({ code: 'HTTP_502', status: 502, retriable: true })
  })

  it('says NETWORK when nothing answers', async () => {
    const { api } = apiThat(new TypeError('failed'))
    expect(await caught(api.status())).toMatchObject({ code: 'NETWORK', status: 0, retriable: true })
  })

  it('passes an abort on as it is', async () => {
    const stop = new AbortController()
    stop.abort()
    const abort = new DOMException('stopped', 'AbortError')
    const { api } = apiThat(abort)
    expect(await caught(api.still(evidenceUrl('aa', 'c'), stop.signal))).toBe(abort)
  })

  it('asks for a picture with the case and the reason', () => {
    expect(evidenceUrl('ab', 'a b')).toBe('/api/v1/evidence/ab?case=a+b&reason=review')
  })
})
