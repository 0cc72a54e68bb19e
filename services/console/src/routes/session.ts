import { randomBytes } from 'node:crypto'
import { PasswordRequest, SignInRequest, StreamkeeperError, type SessionView } from '@streamkeeper/contracts'
import {
  changeUser,
  createSession,
  deleteSession,
  findUser,
  noteFailure,
  noteSuccess,
  type UserRow,
} from '@streamkeeper/database'
import { checkPassword, hashPassword } from '@streamkeeper/runtime'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { checkOrigin, cookieName, hashToken, type Visitor } from '../auth.js'
import { createGate } from '../create-gate.js'
import type { Deps } from '../deps.js'
import { visitorOf } from '../guard.js'
import { parse } from '../parse.js'

const sessionMs = 12 * 60 * 60 * 1000
/** Sign-ins that one address may try in a minute: an account locks itself, this stops who tries many accounts. */
const triesAMinute = 60

/** Gives the account of a name and a password. Throws UNAUTHENTICATED or RATE_LIMITED. */
type CheckUser = (username: string, password: string, reply: FastifyReply) => Promise<UserRow>

/** Sign-in, who am I, sign-out, another password. */
export async function addSessionRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const checkUser = await createCheck(deps)
  addSignIn(app, deps, checkUser)
  addPasswordChange(app, deps, checkUser)

  app.get('/session', async (request): Promise<SessionView> => viewSession(visitorOf(request)))

  app.delete('/session', async (request, reply) => {
    await forget(deps, request)
    void reply.clearCookie(cookieName, { path: '/' })
    return reply.code(204).send()
  })
}

function addSignIn(app: FastifyInstance, { database, now }: Deps, checkUser: CheckUser): void {
  const rateLimit = { max: triesAMinute, timeWindow: 60_000 }
  app.post('/session', { config: { rateLimit } }, async (request, reply): Promise<SessionView> => {
    checkOrigin(request)
    const { username, password } = parse(SignInRequest, request.body)
    const { role } = await checkUser(username, password, reply)
    // The token is always new: one that somebody planted in this browser before is worth nothing afterwards.
    await forget({ database }, request)
    const [token, csrf] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')]
    const [createdAt, expiresAt] = [now(), new Date(now().getTime() + sessionMs)]
    const row = { tokenHash: hashToken(token), username, csrf, createdAt, lastSeenAt: createdAt, expiresAt }
    await createSession(database, row)
    void reply.setCookie(cookieName, token, {
      httpOnly: true,
      sameSite: 'strict',
      path: '/',
      secure: request.protocol === 'https',
      expires: expiresAt,
    })
    return { username, role, csrf, expiresAt: expiresAt.toISOString() }
  })
}

function addPasswordChange(app: FastifyInstance, { database, now }: Deps, checkUser: CheckUser): void {
  app.put('/session/password', async (request, reply) => {
    const { username, role } = visitorOf(request)
    const { current, next } = parse(PasswordRequest, request.body)
    await checkUser(username, current, reply)
    const by = { actor: username, role, at: now() }
    await changeUser(database, username, { passwordHash: await hashPassword(next) }, by)
    void reply.clearCookie(cookieName, { path: '/' })
    return reply.code(204).send()
  })
}

async function createCheck({ database, now }: Deps): Promise<CheckUser> {
  // Checked when there is no such account, so that the answer takes as long.
  const nobody = await hashPassword(randomBytes(16).toString('hex'))
  const gate = createGate({ running: 2, waiting: 64 })
  return async (username, password, reply) => {
    const user = await findUser(database, username)
    const lockedUntil = user?.lockedUntil ?? null
    if (lockedUntil !== null && lockedUntil > now()) {
      void reply.header('retry-after', Math.ceil((lockedUntil.getTime() - now().getTime()) / 1000))
      throw new StreamkeeperError('RATE_LIMITED', 'too many attempts')
    }
    const isRight = await gate(() => checkPassword(password, user?.passwordHash ?? nobody))
    if (user === null || user.disabled || !isRight) {
      await noteFailure(database, username, now())
      throw new StreamkeeperError('UNAUTHENTICATED', 'name or password is wrong')
    }
    await noteSuccess(database, username)
    return user
  }
}

/** Ends the session that the browser holds, if any. */
async function forget({ database }: Pick<Deps, 'database'>, { cookies }: FastifyRequest): Promise<void> {
  const token = cookies[cookieName]
  if (token !== undefined) await deleteSession(database, hashToken(token))
}

function viewSession({ username, role, csrf, expiresAt }: Visitor): SessionView {
  return { username, role, csrf: csrf ?? '', expiresAt: expiresAt.toISOString() }
}
