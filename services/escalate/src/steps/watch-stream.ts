import { listUnprovenCuts, noteMedia, recordAck, settleDark } from '@streamkeeper/database'
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

/** Media that the broker took later than the grace after the acknowledgement of a cut: the platform disobeyed. */
async function watchMedia(
  { database, policy, now, alarms, wakeRelay }: Deps,
  streamId: string,
  brokerAt: Date,
): Promise<void> {
  const unproven = await listUnprovenCuts(database, streamId)
  if (unproven.length === 0) return
  await noteMedia(database, { streamId, brokerAt })
  for (const one of unproven) {
    if (one.cutAckedAt === null || brokerAt.getTime() <= one.cutAckedAt.getTime() + policy.dark.graceMs) continue
    if ((await settleDark(database, one, { found: 'disobeyed', now: new Date(now()) })) === null) continue
    wakeRelay()
    await alarms.raise({
      kind: 'cut-disobeyed',
      subject: one.caseId,
      streamId,
      caseId: one.caseId,
      message: 'media goes on after a cut was acknowledged',
    })
  }
}
