import { createHash, timingSafeEqual } from 'node:crypto'
import { StreamkeeperError, type Role } from '@streamkeeper/contracts'
import { useSession } from '@streamkeeper/database'
import type { FastifyRequest } from 'fastify'
import type { Deps } from './deps.js'

/** Who asks. The command line of this machine has no session. */
export interface Visitor {
  readonly username: string
  readonly role: Role
  readonly csrf: string | null
  readonly expiresAt: Date
}

export const cookieName = 'streamkeeper_session'
const idleMs = 60 * 60 * 1000
const dayMs = 24 * 60 * 60 * 1000

/** The visitor of a request, by cookie or local token. Throws UNAUTHENTICATED, CSRF_REJECTED or FORBIDDEN; nothing is open by default. */
export async function authenticate(deps: Deps, request: FastifyRequest, roles: readonly Role[]): Promise<Visitor> {
  const visitor = localVisitor(deps, request) ?? (await sessionVisitor(deps, request))
  if (visitor === null) throw new StreamkeeperError('UNAUTHENTICATED', 'there is no valid session')
  if (!roles.includes(visitor.role))
    throw new StreamkeeperError('FORBIDDEN', `the role ${visitor.role} may not do that`)
  return visitor
}

function localVisitor({ localToken, now }: Deps, { headers }: FastifyRequest): Visitor | null {
  const given = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]
  if (given === undefined || localToken === null || !isEqual(given, localToken)) return null
  return { username: 'local', role: 'admin', csrf: null, expiresAt: new Date(now().getTime() + dayMs) }
}

async function sessionVisitor({ database, now }: Deps, request: FastifyRequest): Promise<Visitor | null> {
  const token = request.cookies[cookieName]
  if (token === undefined) return null
  const found = await useSession(database, { tokenHash: hashToken(token), now: now(), idleMs })
  if (found === null) return null
  const { session, user } = found
  if (request.method !== 'GET') checkToken(request, session.csrf)
  return { username: user.username, role: user.role, csrf: session.csrf, expiresAt: session.expiresAt }
}

/** What changes something must come from the page itself: its own origin, and the token that only it was told. */
function checkToken(request: FastifyRequest, csrf: string): void {
  checkOrigin(request)
  const token = request.headers['x-csrf-token']
  if (typeof token !== 'string' || !isEqual(token, csrf)) throw notFromPage()
}

/** Refuses what a browser sends from another page; what is no browser names no origin. Throws CSRF_REJECTED. */
export function checkOrigin({ headers: { origin, host } }: Pick<FastifyRequest, 'headers'>): void {
  if (origin === undefined) return
  if (!URL.canParse(origin) || new URL(origin).host !== host) throw notFromPage()
}

function notFromPage(): StreamkeeperError {
  return new StreamkeeperError('CSRF_REJECTED', 'the request did not come from the page')
}

export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

function isEqual(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest())
  return left !== undefined && right !== undefined && timingSafeEqual(left, right)
}
