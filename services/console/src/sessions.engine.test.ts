import { UserList } from '@streamkeeper/contracts'
import { findUser } from '@streamkeeper/database'
import { openTestConsole, type Browser, type TestConsole } from './_test-console.js'

const password = 'a long enough pass phrase'
let console: TestConsole
let admin: Browser

beforeAll(async () => {
  console = await openTestConsole()
  admin = await console.signIn('root', 'admin')
}, 60_000)
afterAll(() => console.close())

const make = (username: string, role = 'moderator') =>
  console.call('/users', { method: 'POST', browser: admin, body: { username, role, password } })

async function enter(username: string, word = password, cookie?: string) {
  const browser = cookie === undefined ? undefined : { cookie }
  const answer = await console.call('/session', { method: 'POST', browser, body: { username, password: word } })
  const own = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const { csrf = '' } = answer.ok ? ((await answer.json()) as { csrf: string }) : {}
  return { status: answer.status, headers: answer.headers, browser: { cookie: own, csrf } }
}

const isIn = async (browser: Browser) => (await console.call('/session', { browser })).status === 200

it('an admin makes accounts, changes them, and each change ends their sessions and is noted', async () => {
  expect((await make('mo')).status).toBe(201)
  expect((await make('mo')).status).toBe(400)
  const { browser } = await enter('mo')
  expect(await isIn(browser)).toBe(true)
  const patch = (body: object) => console.call('/users/mo', { method: 'PATCH', browser: admin, body })
  expect(await (await patch({ role: 'lead' })).json()).toMatchObject({ username: 'mo', role: 'lead', sessions: 0 })
  expect(await isIn(browser)).toBe(false)
  expect((await patch({ disabled: true })).status).toBe(200)
  expect((await enter('mo')).status).toBe(401)
  expect((await patch({ disabled: false, password: 'another long pass phrase' })).status).toBe(200)
  expect((await enter('mo')).status).toBe(401)
  expect((await enter('mo', 'another long pass phrase')).status).toBe(200)
  const { users } = UserList.parse(await (await console.call('/users', { browser: admin })).json())
  expect(users.find(({ username }) => username === 'mo')).toMatchObject({ role: 'lead', disabled: false, sessions: 1 })
  const { rows } = await console.database.pool.query<{ what: string }>(
    `select what from access_log where what like 'account mo:%' order by id`,
  )
  const kinds = ['created moderator', 'role lead', 'disabled', 'enabled', 'password']
  expect(rows.map(({ what }) => what)).toEqual(kinds.map((kind) => `account mo: ${kind}`))
}, 30_000)

it('what is wrong is named, and a short password is refused', async () => {
  const tooShort = await console.call('/users', {
    method: 'POST',
    browser: admin,
    body: { username: 'sh', role: 'moderator', password: 'short' },
  })
  expect(tooShort.status).toBe(400)
  expect(await tooShort.json()).toMatchObject({ code: 'INVALID_REQUEST', detail: expect.stringContaining('password') })
  const missing = await console.call('/users/nobody', { method: 'PATCH', browser: admin, body: { role: 'lead' } })
  expect(missing.status).toBe(404)
})

it('the last admin cannot be taken away, by himself or by two at once', async () => {
  const patch = (username: string, browser: Browser) =>
    console.call(`/users/${username}`, { method: 'PATCH', browser, body: { disabled: true } })
  expect((await patch('root', admin)).status).toBe(400)
  const second = await console.signIn('root2', 'admin')
  const both = await Promise.all([patch('root2', admin), patch('root', second)])
  expect(both.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1)
  const left = await Promise.all(['root', 'root2'].map((name) => findUser(console.database, name)))
  expect(left.filter((user) => user?.disabled === false)).toHaveLength(1)
  // For the tests that follow.
  await console.database.pool.query('update users set disabled = false')
  admin = await console.signIn('root3', 'admin')
})

it('a session that was planted before the sign-in is worth nothing after it', async () => {
  await make('fix')
  const planted = (await enter('fix')).browser
  const { browser } = await enter('fix', password, planted.cookie)
  expect(browser.cookie).not.toBe(planted.cookie)
  expect(await isIn(planted)).toBe(false)
  expect(await isIn(browser)).toBe(true)
  const made = await enter('fix', password, 'streamkeeper_session=chosen-by-an-attacker')
  expect(made.browser.cookie).not.toContain('chosen')
}, 30_000)

it('whoever is signed out elsewhere is told nothing more within 5 s', async () => {
  await make('out')
  const { browser } = await enter('out')
  const events = await console.call('/events', { browser })
  const ended = (async () => {
    for await (const bytes of events.body ?? []) void bytes
    return performance.now()
  })()
  const from = performance.now()
  expect((await console.call('/users/out/sessions', { method: 'DELETE', browser: admin })).status).toBe(204)
  expect(await isIn(browser)).toBe(false)
  expect((await ended) - from).toBeLessThan(5_000)
}, 15_000)

it('another password needs the present one, and ends every session of the account', async () => {
  await make('pw')
  const [one, two] = [(await enter('pw')).browser, (await enter('pw')).browser]
  const change = (current: string) =>
    console.call('/session/password', {
      method: 'PUT',
      browser: one,
      body: { current, next: 'my own new pass phrase' },
    })
  expect((await change('not the present one')).status).toBe(401)
  expect((await change(password)).status).toBe(204)
  expect([await isIn(one), await isIn(two)]).toEqual([false, false])
  expect((await enter('pw', 'my own new pass phrase')).status).toBe(200)
}, 30_000)

it('one address may try 60 sign-ins a minute', async () => {
  const tries = await Promise.all(
    Array.from({ length: 70 }, (_, n) =>
      console.call('/session', { method: 'POST', body: { username: `guess-${n}`, password: '' } }),
    ),
  )
  const refused = tries.filter(({ status }) => status === 429)
  expect(refused.length).toBeGreaterThanOrEqual(10)
  expect(await refused[0]?.json()).toMatchObject({ code: 'RATE_LIMITED' })
  expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
}, 30_000)
