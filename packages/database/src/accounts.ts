import type { AccountUpdated } from '@streamkeeper/contracts'
import { eq, sql } from 'drizzle-orm'
import { attempt } from './attempt.js'
import type { Queries } from './database.js'
import { accounts } from './schema/index.js'

export type AccountRow = typeof accounts.$inferSelect

export async function findAccount({ orm }: Queries, accountId: string): Promise<AccountRow | null> {
  return attempt(async () => (await orm.select().from(accounts).where(eq(accounts.accountId, accountId)))[0] ?? null)
}

/** Notes what the platform says of an account; an older word than the one that is known changes nothing. */
export async function upsertAccount(
  { orm }: Queries,
  { accountId, realName, updatedAt, ...account }: AccountUpdated,
): Promise<void> {
  const { ageBand = null, guardianConsent = null, licences = [], identityKey = null } = account
  const values = { realName, ageBand, guardianConsent, licences, identityKey, updatedAt: new Date(updatedAt) }
  await attempt(() =>
    orm
      .insert(accounts)
      .values({ accountId, ...values })
      .onConflictDoUpdate({
        target: accounts.accountId,
        set: values,
        setWhere: sql`${accounts.updatedAt} <= excluded.updated_at`,
      }),
  )
}
