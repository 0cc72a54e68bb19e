import { randomBytes } from 'node:crypto'
import { SignInRequest, StreamkeeperError, type SessionView } from '@streamkeeper/contracts'
import { createSession, deleteSession, findUser, noteFailure, noteSuccess } from '@streamkeeper/database'
import { checkPassword, hashPassword } from '@streamkeeper/runtime'
import type { FastifyInstance } from 'fastify'
import { createGate } from '../create-gate.js'
import { authenticate, checkOrigin, cookieName, hashToken, type Visitor } from '../auth.js'
import type { Deps } from '../deps.js'
import { parse } from '../parse.js'
import { everybody } from '../roles.js'

const sessionMs = 12 * 60 * 60 * 1000

/** Sign-in, who am I, sign-out. */
export async function addSessionRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const { database, now } = deps
  // Checked when there is no such account, so that the answer takes as long.
  const nobody = await hashPassword(randomBytes(16).toString('hex'))
  const gate = createGate({ running: 2, waiting: 64 })

  app.post('/session', async (request, reply): Promise<SessionView> => {
    checkOrigin(request)
    const { username, password } = parse(SignInRequest, request.body)
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
    const [token, csrf] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')]
    const expiresAt = new Date(now().getTime() + sessionMs)
    await createSession(database, {
      tokenHash: hashToken(token),
      username,
      csrf,
      createdAt: now(),
      lastSeenAt: now(),
      expiresAt,
    })
    void reply.setCookie(cookieName, token, {
      httpOnly: true,
      sameSite: 'strict',
      path: '/',
      secure: request.protocol === 'https',
      expires: expiresAt,
    })
    return { username, role: user.role, csrf, expiresAt: expiresAt.toISOString() }
  })

  app.get('/session', async (request): Promise<SessionView> =>
    viewSession(await authenticate(deps, request, everybody)),
  )

  app.delete('/session', async (request, reply) => {
    await authenticate(deps, request, everybody)
    const token = request.cookies[cookieName]
    if (token !== undefined) await deleteSession(database, hashToken(token))
    void reply.clearCookie(cookieName, { path: '/' })
    return reply.code(204).send()
  })
}

function viewSession({ username, role, csrf, expiresAt }: Visitor): SessionView {
  return { username, role, csrf: csrf ?? '', expiresAt: expiresAt.toISOString() }
}
