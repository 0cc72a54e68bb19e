import { desc, eq } from 'drizzle-orm'
import { attempt } from './attempt.js'
import type { Queries } from './database.js'
import type { DecisionRow } from './decide.js'
import type { CommandRow } from './issue-commands.js'
import { commands, decisions } from './schema/index.js'

export async function listCaseCommands({ orm }: Queries, caseId: string): Promise<CommandRow[]> {
  return attempt(() => orm.select().from(commands).where(eq(commands.caseId, caseId)).orderBy(commands.place))
}

export async function listCaseDecisions({ orm }: Queries, caseId: string): Promise<DecisionRow[]> {
  return attempt(() =>
    orm.select().from(decisions).where(eq(decisions.caseId, caseId)).orderBy(desc(decisions.decidedAt)),
  )
}

export async function findDecision({ orm }: Queries, decisionId: string): Promise<DecisionRow | null> {
  return attempt(
    async () => (await orm.select().from(decisions).where(eq(decisions.decisionId, decisionId)))[0] ?? null,
  )
}
