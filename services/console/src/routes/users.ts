import {
  NewUserRequest,
  StreamkeeperError,
  UserPatch,
  Username,
  type UserList,
  type UserView,
} from '@streamkeeper/contracts'
import { addUser, changeUser, endSessions, listUsers, type ChangedBy } from '@streamkeeper/database'
import { hashPassword } from '@streamkeeper/runtime'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.js'
import { visitorOf } from '../guard.js'
import { parse } from '../parse.js'

interface UserParams {
  readonly Params: { readonly username: string }
}

/** The accounts of the console. Every change ends the sessions of the account and stands on the access log. */
export async function addUserRoutes(app: FastifyInstance, { database, now }: Deps): Promise<void> {
  const changedBy = (request: FastifyRequest): ChangedBy => {
    const { username, role } = visitorOf(request)
    return { actor: username, role, at: now() }
  }

  async function view(username: string): Promise<UserView> {
    const found = (await listUsers(database, now())).find(({ user }) => user.username === username)
    if (found === undefined) throw unknown(username)
    return viewUser(found)
  }

  app.get('/users', async (): Promise<UserList> => ({ users: (await listUsers(database, now())).map(viewUser) }))

  app.post('/users', async (request, reply): Promise<UserView> => {
    const { username, role, password } = parse(NewUserRequest, request.body)
    const user = { username, role, passwordHash: await hashPassword(password) }
    if (!(await addUser(database, user, changedBy(request))))
      throw new StreamkeeperError('INVALID_REQUEST', `username: ${username} is taken`)
    void reply.code(201)
    return view(username)
  })

  app.patch<UserParams>('/users/:username', async (request): Promise<UserView> => {
    const username = parse(Username, request.params.username)
    const { role, disabled, password } = parse(UserPatch, request.body)
    const passwordHash = password === undefined ? undefined : await hashPassword(password)
    const changed = await changeUser(database, username, { role, disabled, passwordHash }, changedBy(request))
    if (changed === null) throw unknown(username)
    return view(username)
  })

  app.delete<UserParams>('/users/:username/sessions', async (request, reply) => {
    const username = parse(Username, request.params.username)
    if (!(await endSessions(database, username, changedBy(request)))) throw unknown(username)
    return reply.code(204).send()
  })
}

function unknown(username: string): StreamkeeperError {
  return new StreamkeeperError('NOT_FOUND', `there is no account ${username}`)
}

function viewUser({ user, sessions }: Awaited<ReturnType<typeof listUsers>>[number]): UserView {
  const { username, role, disabled, createdAt } = user
  return { username, role, disabled, createdAt: createdAt.toISOString(), sessions }
}
