import { createHash } from 'node:crypto'
import type { Action, Reason, Target } from '@streamkeeper/contracts'
import { and, eq } from 'drizzle-orm'
import type { Queries } from './database.js'
import { lockHead } from './outbox.js'
import { commands, streamHeads } from './schema/index.js'

export type CommandRow = typeof commands.$inferSelect

export interface NewCommand {
  readonly streamId: string
  readonly caseId: string
  readonly decisionId: string | null
  readonly action: Action
  readonly target: Target
  readonly reason: Reason
  readonly now: Date
  /** Not sent before: until then it can be taken back. */
  readonly notBefore: Date
  /** Goes past commands that still wait for their undo. Default false. */
  readonly immediate?: boolean
  readonly expireAfterMs: number
  readonly provisional?: { readonly revertAfterMs: number; readonly revertCapMs: number }
  /** The command that a confirm or restore settles. */
  readonly revokes?: string
}

/** Writes a command behind the stream's others. Within a transaction only: the stream's head is locked. */
export async function issueCommand(queries: Queries, input: NewCommand): Promise<CommandRow> {
  const { streamId, now, notBefore, action, provisional, expireAfterMs } = input
  const place = (await lockHead(queries, streamId)).lastPlace + 1
  await queries.orm.update(streamHeads).set({ lastPlace: place }).where(eq(streamHeads.streamId, streamId))
  const after = (ms: number): Date => new Date(notBefore.getTime() + ms)
  const commandId = commandIdOf(input, place)
  const data: CommandRow['data'] = {
    commandId,
    streamId,
    action,
    target: input.target,
    reason: input.reason,
    issuedAt: now.toISOString(),
    expiresAt: after(expireAfterMs).toISOString(),
    ...(provisional === undefined
      ? {}
      : { provisional: { revertsAt: after(provisional.revertAfterMs).toISOString() } }),
    ...(input.revokes === undefined ? {} : { revokes: input.revokes }),
  }
  const [row] = await queries.orm
    .insert(commands)
    .values({
      commandId,
      streamId,
      place,
      action,
      data,
      notBefore,
      immediate: input.immediate ?? false,
      caseId: input.caseId,
      decisionId: input.decisionId,
      state: 'waiting',
      expiresAt: after(expireAfterMs),
      nextAttemptAt: notBefore,
      ...(provisional === undefined
        ? {}
        : {
            provisional: 'running' as const,
            revertsAt: after(provisional.revertAfterMs),
            revertCapAt: after(provisional.revertCapMs),
          }),
    })
    .returning()
  if (row === undefined) throw new Error('command was not inserted')
  return row
}

/**
 * The place alone would do, were it not for a database that is put back to an earlier state: places are given again then, and a
 * platform that knows the id would take another command for one that it has carried out.
 */
function commandIdOf({ streamId, decisionId, action, revokes }: NewCommand, place: number): string {
  const seed = [streamId, place, decisionId ?? '', action, revokes ?? ''].join('\0')
  return `cmd-${createHash('sha256').update(seed).digest('hex').slice(0, 32)}`
}

/** Settles what a machine did for a time: names the command that is confirmed or taken back. */
export async function settleProvisional(
  queries: Queries,
  running: CommandRow,
  how: Omit<NewCommand, 'action' | 'target' | 'revokes' | 'provisional' | 'streamId' | 'caseId'> & {
    readonly action: 'confirm' | 'restore'
  },
): Promise<CommandRow> {
  const state = how.action === 'confirm' ? 'confirmed' : 'restored'
  await queries.orm.update(commands).set({ provisional: state }).where(eq(commands.commandId, running.commandId))
  return issueCommand(queries, {
    ...how,
    streamId: running.streamId,
    caseId: running.caseId,
    target: running.data.target,
    revokes: running.commandId,
  })
}

/** What a machine did on this case and nobody has settled. */
export async function listRunningProvisionals({ orm }: Queries, caseId: string): Promise<CommandRow[]> {
  return orm
    .select()
    .from(commands)
    .where(and(eq(commands.caseId, caseId), eq(commands.provisional, 'running')))
    .orderBy(commands.place)
}
