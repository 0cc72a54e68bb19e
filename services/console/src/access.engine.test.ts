import { Role, type Problem } from '@streamkeeper/contracts'
import { fastify } from 'fastify'
import { openTestConsole, type Browser, type TestConsole } from './_test-console.js'
import { access } from './access.js'
import { addGuard } from './guard.js'
import { openApi } from './open-api.js'

/** Who may do what, as it was agreed: m moderator, l lead, a auditor, A admin, - without a session. */
const agreed: Readonly<Record<string, string>> = {
  'POST /session': 'mlaA-',
  'GET /session': 'mlaA',
  'DELETE /session': 'mlaA',
  'PUT /session/password': 'mlaA',
  'GET /cases': 'mlaA',
  'GET /cases/:caseId': 'mlaA',
  'POST /cases/:caseId/claim': 'mlA',
  'POST /cases/next': 'mlA',
  'POST /cases/:caseId/heartbeat': 'mlA',
  'POST /cases/:caseId/release': 'mlA',
  'POST /cases/:caseId/decisions': 'mlA',
  'DELETE /decisions/:decisionId': 'mlA',
  'GET /evidence/:sha256': 'mlaA',
  'GET /cases/:caseId/clips/:signalId': 'mlaA',
  'GET /cases/:caseId/clips/:signalId/:sequence': 'mlaA',
  'GET /held': 'mlA',
  'POST /held/decisions': 'mlA',
  'GET /alarms': 'lA',
  'POST /alarms/:alarmId/take': 'lA',
  'GET /users': 'A',
  'POST /users': 'A',
  'PATCH /users/:username': 'A',
  'DELETE /users/:username/sessions': 'A',
  'GET /status': 'mlaA',
  'GET /events': 'mlaA',
  'GET /keys': 'mlaA-',
  'GET /openapi.json': 'mlaA-',
}
const letters: Readonly<Record<Role, string>> = { moderator: 'm', lead: 'l', auditor: 'a', admin: 'A' }
const routes = Object.keys(agreed)
const visitors = [...Role.options, null]
const matrix = routes.flatMap((route) => visitors.map((visitor) => [route, visitor] as const))

let console: TestConsole
const browsers = new Map<Role, Browser>()

beforeAll(async () => {
  console = await openTestConsole()
}, 60_000)
afterAll(() => console.close())

/** A new session each time: signing out is one of the routes. */
let count = 0
async function browserOf(visitor: Role | null): Promise<Browser | undefined> {
  return visitor === null ? undefined : console.signIn(`${visitor}-${(count += 1)}`, visitor)
}

async function ask(route: string, browser: Partial<Browser> | undefined, origin?: string) {
  const [method = '', path = ''] = route.split(' ')
  const stop = new AbortController()
  const answer = await console.call(path.replaceAll(/:\w+/g, 'no-such'), {
    method,
    browser,
    signal: stop.signal,
    ...(origin === undefined ? {} : { origin }),
    ...(method === 'GET' ? {} : { body: {} }),
  })
  const isProblem = answer.headers.get('content-type')?.includes('problem') === true
  const code = isProblem ? ((await answer.json()) as Problem).code : null
  stop.abort()
  return { status: answer.status, code }
}

it('every route of the API has its row, here, in the table that is enforced, and in its description', () => {
  expect(Object.keys(access).sort()).toEqual([...routes].sort())
  const { paths } = openApi() as { paths: Record<string, object> }
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  )
  expect([...described, 'GET /openapi.json'].sort()).toEqual([...routes].sort())
})

it('a route without a row stops the server from starting', async () => {
  const app = fastify()
  const add = async (): Promise<void> => {
    await app.register(
      async (api) => {
        addGuard(api, console.deps, '/api/v1')
        api.get('/secret', async () => 'open to all')
      },
      { prefix: '/api/v1' },
    )
  }
  await expect(add()).rejects.toThrow('GET /secret stands in no row')
})

it.each(matrix)('%s for %s', async (route, visitor) => {
  const { status, code } = await ask(route, await browserOf(visitor))
  const isAllowed = (agreed[route] ?? '').includes(visitor === null ? '-' : letters[visitor])
  if (isAllowed) expect([code, status]).not.toEqual([expect.stringMatching(/UNAUTHENTICATED|FORBIDDEN/), status])
  else if (visitor === null) expect({ status, code }).toEqual({ status: 401, code: 'UNAUTHENTICATED' })
  else expect({ status, code }).toEqual({ status: 403, code: 'FORBIDDEN' })
})

describe('what changes something', () => {
  const changing = routes.filter((route) => !route.startsWith('GET ') && route !== 'POST /session')

  it.each(changing)(
    '%s is refused without the token of the page, with a wrong one, and from another origin',
    async (route) => {
      const browser = browsers.get('admin') ?? (await console.signIn('the-admin', 'admin'))
      browsers.set('admin', browser)
      const rejected = { status: 403, code: 'CSRF_REJECTED' }
      expect(await ask(route, { cookie: browser.cookie })).toEqual(rejected)
      expect(await ask(route, { ...browser, csrf: 'guessed' })).toEqual(rejected)
      expect(await ask(route, browser, 'https://evil.example')).toEqual(rejected)
    },
  )
})

it('an address that is none is 404 for everybody', async () => {
  expect(await ask('GET /no-such', undefined)).toMatchObject({ status: 404 })
})
