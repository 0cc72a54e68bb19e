import { findLastAlarm, listUnprovenCuts, noteMedia, recordAck, settleDark } from '@streamkeeper/database'
import { drop, ok, type Outcome, type Step } from '@streamkeeper/pipeline'
import type { Deps } from '../deps.js'
import type { Decoded } from './decode.js'

/** Acknowledgements and media: what the platform says that it did, and what it really does. */
export function createWatchStreamStep(deps: Deps): Step<Decoded, void> {
  return {
    name: 'watch-stream',
    run: async ({ event }): Promise<Outcome<void>> => {
      if (event.type === 'moderation.ack.accepted') await takeAck(deps, event.data)
      else if (event.type === 'moderation.segment.accepted')
        await watchMedia(deps, event.data.streamId, new Date(event.data.origin.brokerAt))
      else return drop('other-type')
      return ok()
    },
  }
}

async function takeAck(
  { database, now, alarms, wakeRelay }: Deps,
  {
    streamId,
    commandId,
    result,
    origin,
  }: {
    streamId: string
    commandId: string
    result: 'done' | 'failed' | 'unknown-target' | 'refused'
    origin: { brokerAt: string }
  },
): Promise<void> {
  const command = await recordAck(database, {
    streamId,
    commandId,
    result,
    brokerAt: new Date(origin.brokerAt),
    now: new Date(now()),
  })
  if (command === null) return
  wakeRelay()
  if (result !== 'done')
    await alarms.raise({
      kind: 'command-failed',
      subject: commandId,
      streamId,
      caseId: command.caseId,
      message: `the platform answered ${result} to ${command.action}`,
    })
}

/**
 * Media that the broker took later than the grace after the acknowledgement of a cut: the platform disobeyed. Who took that
 * alarm is told again when media still comes a good while later.
 */
async function watchMedia(deps: Deps, streamId: string, brokerAt: Date): Promise<void> {
  const { database, policy, now, alarms, wakeRelay } = deps
  const unproven = await listUnprovenCuts(database, streamId)
  if (unproven.length === 0) return
  await noteMedia(database, { streamId, brokerAt })
  for (const one of unproven) {
    if (one.cutAckedAt === null || brokerAt.getTime() <= one.cutAckedAt.getTime() + policy.dark.graceMs) continue
    const isNews = (await settleDark(database, one, { found: 'disobeyed', now: new Date(now()) })) !== null
    if (isNews) wakeRelay()
    else if (!(await isForgotten(deps, one.caseId, brokerAt))) continue
    const alarm = { kind: 'cut-disobeyed', subject: one.caseId, streamId, caseId: one.caseId } as const
    await alarms.raise({ ...alarm, message: `media ${isNews ? '' : 'still '}goes on after a cut was acknowledged` })
  }
}

/** Somebody took the alarm, and it did not help: media of this time came too long after it. */
async function isForgotten({ database, policy }: Deps, caseId: string, brokerAt: Date): Promise<boolean> {
  const last = await findLastAlarm(database, 'cut-disobeyed', caseId)
  const endedAt = last?.endedAt ?? null
  return endedAt !== null && brokerAt.getTime() >= endedAt.getTime() + policy.alarms.disobeyedAgainMs
}
