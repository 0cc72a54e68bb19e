import { describe, expect, test } from '@jest/globals'
import { useTestDatabase } from './_test-database.js'
import { after, noon } from './_test-records.js'
import type { Database } from './database.js'
import { takeOutbox } from './outbox.js'
import { pruneRows } from './prune.js'
import { addUser } from './user-changes.js'
import {
  createFirstUser,
  createSession,
  deleteSession,
  findUser,
  noteAccess,
  noteFailure,
  noteSuccess,
  useSession,
} from './users.js'

let database: Database
useTestDatabase((opened) => (database = opened.database))

const by = { actor: 'root', role: 'admin', at: noon }
const user = (username: string) => ({ username, role: 'moderator' as const, passwordHash: 'hash' })

test('the first account is made once, however many try', async () => {
  const made = await Promise.all(
    Array.from({ length: 8 }, (_, n) => createFirstUser(database, { ...user(`admin-${n}`), role: 'admin' })),
  )
  expect(made.filter(Boolean)).toHaveLength(1)
  const { rows } = await database.pool.query('select username from users')
  expect(rows).toHaveLength(1)
})

test('a name is given once', async () => {
  const made = await Promise.all([1, 2, 3].map(() => addUser(database, user('taken'), by)))
  expect(made.filter(Boolean)).toHaveLength(1)
})

describe('wrong passwords', () => {
  const lockOf = async (username: string): Promise<number | null> => {
    const lockedUntil = (await findUser(database, username))?.lockedUntil ?? null
    return lockedUntil === null ? null : lockedUntil.getTime() - noon.getTime()
  }

  test('lock the account from the fifth on, for a time that doubles up to 15 minutes', async () => {
    await addUser(database, user('wrong'), by)
    const locks = []
    for (let n = 1; n <= 12; n += 1) {
      await noteFailure(database, 'wrong', noon)
      locks.push(await lockOf('wrong'))
    }
    const seconds = [15, 30, 60, 120, 240, 480, 900, 900]
    expect(locks).toEqual([null, null, null, null, ...seconds.map((each) => each * 1_000)])
    await noteSuccess(database, 'wrong')
    expect(await findUser(database, 'wrong')).toMatchObject({ failures: 0, lockedUntil: null })
  })

  test('are counted one by one when they come at once, and by the thousand', async () => {
    await addUser(database, user('many'), by)
    await Promise.all(Array.from({ length: 10 }, () => noteFailure(database, 'many', noon)))
    expect(await findUser(database, 'many')).toMatchObject({ failures: 10 })
    await database.pool.query(`update users set failures = 5000 where username = 'many'`)
    await noteFailure(database, 'many', noon)
    expect(await lockOf('many')).toBe(900_000)
    await noteFailure(database, 'nobody', noon)
  })
})

describe('sessions', () => {
  const idleMs = 60_000
  const use = (tokenHash: string, ms: number) => useSession(database, { tokenHash, now: after(ms), idleMs })

  async function signIn(name: string, expiresMs = 600_000): Promise<void> {
    await addUser(database, user(name), by)
    const session = { tokenHash: name, username: name, csrf: 'c', createdAt: noon, lastSeenAt: noon }
    await createSession(database, { ...session, expiresAt: after(expiresMs) })
  }

  test('live as long as they are used, and no longer than their end', async () => {
    await signIn('used', 150_000)
    for (const ms of [50_000, 100_000, 149_999]) expect(await use('used', ms)).not.toBeNull()
    expect(await use('used', 150_000)).toBeNull()
  })

  test('end by idling, by their account being disabled, and by being deleted', async () => {
    await signIn('idle')
    expect(await use('idle', idleMs)).toBeNull()
    await signIn('disabled')
    expect(await use('disabled', 1)).toMatchObject({ user: { username: 'disabled' } })
    await database.pool.query(`update users set disabled = true where username = 'disabled'`)
    expect(await use('disabled', 2)).toBeNull()
    await signIn('gone')
    await deleteSession(database, 'gone')
    expect(await use('gone', 1)).toBeNull()
    expect(await use('never', 1)).toBeNull()
  })

  test('are forgotten after their end', async () => {
    await signIn('old', 1_000)
    await signIn('young', 9_000_000)
    await pruneRows(database, 'sessions', after(1_001), 100)
    const { rows } = await database.pool.query(`select 1 from sessions where token_hash in ('old', 'young')`)
    expect(rows).toHaveLength(1)
  })
})

test('an access is noted and its event queued, or neither', async () => {
  const access = { actor: 'mo', role: 'moderator', reason: 'case', caseId: 'c', streamId: null, at: noon }
  await noteAccess(database, { ...access, what: 'still\0' })
  await noteAccess(database, { ...access, what: 'chat' })
  const rows = await database.transaction((tx) => takeOutbox(tx, 100))
  const looks = rows.filter((row) => row.event.type === 'moderation.evidence.viewed')
  expect(looks.map((row) => [row.key, row.seq, row.event.data['what']])).toEqual([
    ['actor:mo', 1, 'still\0'],
    ['actor:mo', 2, 'chat'],
  ])
  expect(rows[0]?.event).toMatchObject({ type: 'moderation.evidence.viewed', data: { caseId: 'c' } })
  await expect(noteAccess(database, { ...access, at: new Date(Number.NaN), what: 'x' })).rejects.toThrow()
  const log = await database.pool.query(`select 1 from access_log where reason <> 'administration'`)
  expect(log.rows).toHaveLength(2)
})
