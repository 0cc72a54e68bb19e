import { and, eq, inArray, isNull } from 'drizzle-orm'
import { attempt } from './attempt.js'
import type { Queries } from './database.js'
import { pendingStates } from './relay-commands.js'
import { commands, signingKeys } from './schema/index.js'

/** Notes that a key signs commands. */
export async function noteSigningKey({ orm }: Queries, keyId: string, at: Date): Promise<void> {
  await attempt(() => orm.insert(signingKeys).values({ keyId, firstUsedAt: at }).onConflictDoNothing())
}

/** Keys that signed commands and that nobody retired: their files must be there. */
export async function listSigningKeys({ orm }: Queries): Promise<readonly string[]> {
  const rows = await attempt(() => orm.select().from(signingKeys).where(isNull(signingKeys.retiredAt)))
  return rows.map(({ keyId }) => keyId)
}

/** Whether a command that a key signs may still be sent again. */
export async function isKeyInUse({ orm }: Queries, keyId: string): Promise<boolean> {
  const pending = and(eq(commands.keyId, keyId), inArray(commands.state, [...pendingStates]))
  return attempt(async () => (await orm.$count(commands, pending)) > 0)
}

/** Says that a key is out of use on purpose; false when it never signed or is retired already. */
export async function retireSigningKey({ orm }: Queries, keyId: string, at: Date): Promise<boolean> {
  const used = and(eq(signingKeys.keyId, keyId), isNull(signingKeys.retiredAt))
  const rows = await attempt(() => orm.update(signingKeys).set({ retiredAt: at }).where(used).returning())
  return rows.length > 0
}
