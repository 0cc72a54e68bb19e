// A person at the queue: signs in and finds no violation in one case after the other.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const everyMs = 5_000

/** Starts to clear the queue of the system on a data folder; `stop` gives how many cases were decided. */
export async function startReviewer(data) {
  const { console: page } = JSON.parse(readFileSync(join(data, 'run.json'), 'utf8'))
  const headers = { 'content-type': 'application/json' }
  const ask = (path, body) =>
    fetch(`${page}/api/v1${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const [username, password] = readFileSync(join(data, 'first-sign-in.txt'), 'utf8').trim().split('\n')
  const session = await ask('/session', { username, password })
  headers['x-csrf-token'] = (await session.json()).csrf
  headers.cookie = session.headers.getSetCookie()[0].split(';')[0]
  const over = new AbortController()
  let cleared = 0
  const work = async () => {
    while (!over.signal.aborted) {
      if (await clearOne(ask)) cleared += 1
      await new Promise((done) => setTimeout(done, everyMs))
    }
  }
  const ended = work()
  return {
    stop: async () => {
      over.abort()
      await ended
      return cleared
    },
  }
}

/** False when nothing waits, or the case grew while it was read. */
async function clearOne(ask) {
  const next = await ask('/cases/next', {})
  if (next.status !== 200) return false
  const { caseId, leaseToken } = await next.json()
  const detail = await (await ask(`/cases/${caseId}`)).json()
  const decided = await ask(`/cases/${caseId}/decisions`, {
    action: 'no-violation',
    label: detail.case.labels[0],
    textForStreamer: 'Nothing was wrong.',
    seenThroughSeq: Math.max(...detail.signals.map(({ seq }) => seq)),
    expectedVersion: detail.case.version,
    leaseToken,
    idempotencyKey: randomUUID(),
  })
  if (decided.status === 200) return true
  await ask(`/cases/${caseId}/release`, { leaseToken })
  return false
}
