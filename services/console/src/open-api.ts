import {
  AlarmList,
  AlarmView,
  CaseDetail,
  CaseList,
  ClaimView,
  DecideHeldRequest,
  DecideHeldView,
  DecideRequest,
  DecideView,
  HeldList,
  HeldListQuery,
  LeaseRequest,
  NewUserRequest,
  PasswordRequest,
  Problem,
  SessionView,
  SignInRequest,
  StatusView,
  UserList,
  UserPatch,
  UserView,
} from '@streamkeeper/contracts'
import { z } from 'zod'

interface Operation {
  readonly path: string
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  readonly summary: string
  readonly query?: z.ZodObject
  readonly request?: z.ZodType
  readonly answer?: z.ZodType
}

const operations: readonly Operation[] = [
  { path: '/session', method: 'post', summary: 'Sign in', request: SignInRequest, answer: SessionView },
  { path: '/session', method: 'get', summary: 'Who is signed in', answer: SessionView },
  { path: '/session', method: 'delete', summary: 'Sign out' },
  {
    path: '/session/password',
    method: 'put',
    summary: 'Another password for oneself; ends all sessions of the account',
    request: PasswordRequest,
  },
  { path: '/users', method: 'get', summary: 'The accounts of the console', answer: UserList },
  { path: '/users', method: 'post', summary: 'Make an account', request: NewUserRequest, answer: UserView },
  {
    path: '/users/{username}',
    method: 'patch',
    summary: 'Change an account; ends its sessions',
    request: UserPatch,
    answer: UserView,
  },
  { path: '/users/{username}/sessions', method: 'delete', summary: 'Sign an account out everywhere' },
  {
    path: '/held',
    method: 'get',
    summary: 'Held chat messages that wait for their final verdict',
    query: HeldListQuery,
    answer: HeldList,
  },
  {
    path: '/held/decisions',
    method: 'post',
    summary: 'Release or block held messages; each is decided once, and the answer says of each how',
    request: DecideHeldRequest,
    answer: DecideHeldView,
  },
  { path: '/alarms', method: 'get', summary: 'What leads are called for', answer: AlarmList },
  { path: '/alarms/{alarmId}/take', method: 'post', summary: 'See to an alarm', answer: AlarmView },
  { path: '/cases', method: 'get', summary: 'Cases in order of urgency', answer: CaseList },
  { path: '/cases/{caseId}', method: 'get', summary: 'One case', answer: CaseDetail },
  { path: '/cases/{caseId}/claim', method: 'post', summary: 'Claim a case', answer: ClaimView },
  { path: '/cases/next', method: 'post', summary: 'Claim the most urgent case', answer: ClaimView },
  {
    path: '/cases/{caseId}/heartbeat',
    method: 'post',
    summary: 'Lengthen the lease',
    request: LeaseRequest,
    answer: ClaimView,
  },
  { path: '/cases/{caseId}/release', method: 'post', summary: 'Give a case back', request: LeaseRequest },
  { path: '/cases/{caseId}/decisions', method: 'post', summary: 'Decide', request: DecideRequest, answer: DecideView },
  { path: '/decisions/{decisionId}', method: 'delete', summary: 'Take a decision back' },
  { path: '/evidence/{sha256}', method: 'get', summary: 'A picture of a case; a still is noted on the access log' },
  {
    path: '/cases/{caseId}/clips/{signalId}',
    method: 'get',
    summary: 'HLS playlist of what the stream showed around a hit; noted on the access log',
  },
  { path: '/cases/{caseId}/clips/{signalId}/{sequence}', method: 'get', summary: 'A segment of a clip' },
  { path: '/status', method: 'get', summary: 'Engines', answer: StatusView },
  { path: '/events', method: 'get', summary: 'What changes, as server-sent events' },
  { path: '/keys', method: 'get', summary: 'Public keys that commands are signed with, as JWKS' },
]

/** OpenAPI 3.1 of the API, from the schemas that its requests are checked by. */
export function openApi(): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const operation of operations)
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation) }
  return {
    openapi: '3.1.0',
    info: { title: 'Streamkeeper console', version: '1.0.0' },
    servers: [{ url: '/api/v1' }],
    paths,
  }
}

function describe({ path, summary, query, request, answer }: Operation): object {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const inQuery = Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema: toSchema(schema as z.ZodType),
  }))
  const parameters = [...inPath, ...inQuery]
  return {
    summary,
    parameters,
    ...(request === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: toSchema(request) } } } }),
    responses: {
      [answer === undefined ? '204' : '200']: {
        description: summary,
        ...(answer === undefined ? {} : { content: { 'application/json': { schema: toSchema(answer) } } }),
      },
      default: { description: 'Problem', content: { 'application/problem+json': { schema: toSchema(Problem) } } },
    },
  }
}

function toSchema(schema: z.ZodType): object {
  return z.toJSONSchema(schema, { io: 'input' })
}
