import { expect, test } from '@jest/globals'
import { useTestDatabase } from './_test-database.js'
import { after, claimed, grow, noon, signal } from './_test-records.js'
import type { Database } from './database.js'
import { decide } from './decide.js'
import { markPublished, takeOutbox } from './outbox.js'
import { markSent, numberCommands, takeDueCommands } from './relay-commands.js'
import { hasRelayWork } from './relay-work.js'

let database: Database
useTestDatabase((opened) => (database = opened.database), 5)

async function publishEvents(): Promise<void> {
  await database.transaction(async (tx) => markPublished(tx, await takeOutbox(tx, 100), noon))
}

async function sendCommands(now: Date): Promise<void> {
  await database.transaction(async (tx) => {
    for (const command of await takeDueCommands(tx, { now, limit: 100 }))
      await markSent(tx, command, { now, retryMs: 5_000 })
  })
}

test('there is work while an event, a command without a number, or one that is due waits, and none else', async () => {
  expect(await hasRelayWork(database, noon)).toBe(false)
  const row = await grow(database, { streamId: 's', tier: 'P0', signals: [signal('s', 1)], now: noon })
  expect(await hasRelayWork(database, noon)).toBe(true)
  await publishEvents()
  expect(await hasRelayWork(database, noon)).toBe(false)

  await decide(database, await claimed(database, row, {}))
  await publishEvents()
  expect(await hasRelayWork(database, noon)).toBe(true)
  await numberCommands(database, { now: noon, limit: 100, keyId: 'key-1' })
  expect(await hasRelayWork(database, noon)).toBe(true)
  await sendCommands(noon)
  expect(await hasRelayWork(database, after(1_000))).toBe(false)
  // Nobody has answered: it is due again.
  expect(await hasRelayWork(database, after(6_000))).toBe(true)
})

test('a decided message that is not published is work, one that waits for its decision is none', async () => {
  await publishEvents()
  const quiet = after(3_600_000)
  expect(await hasRelayWork(database, quiet)).toBe(false)
  const columns = 'stream_id, message_id, account_id, text, matches, severity, policy, held_at, due_at, timeout_verdict'
  await database.pool.query(
    `insert into held_messages (${columns}) values ('s', 'm', 'a', 'text', '[]', 50, '{}', now(), now(), 'block')`,
  )
  expect(await hasRelayWork(database, quiet)).toBe(false)
  await database.pool.query(`update held_messages set state = 'released', decided_by = 'x', decided_at = now()`)
  expect(await hasRelayWork(database, quiet)).toBe(true)
  await database.pool.query(`update held_messages set published_at = now()`)
  expect(await hasRelayWork(database, quiet)).toBe(false)
})
