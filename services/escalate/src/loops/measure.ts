import { AlarmKind, NotLookedReason, Tier } from '@streamkeeper/contracts'
import { countHeld, measureFlow, oldestUnsealed } from '@streamkeeper/database'
import type { Metrics } from '@streamkeeper/runtime'
import type { Deps } from '../deps.js'

const windowMs = 60_000

/** Figures of the whole flow, which no single service sees, as metrics. */
export function createMeasure(
  { database, now }: Pick<Deps, 'database' | 'now'>,
  metrics: Metrics,
): () => Promise<void> {
  const live = metrics.gauge('streamkeeper_live_streams', 'Streams that are live')
  const waiting = metrics.gauge('streamkeeper_cases_waiting', 'Open cases that nobody holds, by tier', ['tier'])
  const oldest = metrics.gauge('streamkeeper_case_oldest_seconds', 'Age of the oldest case that nobody holds')
  const pending = metrics.gauge('streamkeeper_commands_pending', 'Commands that the platform has not answered')
  const alarms = metrics.gauge('streamkeeper_alarms_open', 'Alarms that nobody has taken, by kind', ['kind'])
  const held = metrics.gauge('streamkeeper_held_messages', 'Held chat messages that wait for their final verdict')
  const unsealed = metrics.gauge(
    'streamkeeper_archive_unsealed_seconds',
    'How long the oldest thing waits for its seal',
  )
  const covered = metrics.gauge(
    'streamkeeper_covered_stream_seconds',
    'Seconds of stream of the last minute that were looked at, or why not',
    ['reason'],
  )
  return async () => {
    const at = now()
    const figures = await measureFlow(database, new Date(at - windowMs), new Date(at))
    const waitsSince = await oldestUnsealed(database)
    unsealed.set(waitsSince === null ? 0 : Math.max(0, (at - waitsSince.getTime()) / 1000))
    held.set(await countHeld(database))
    live.set(figures.liveStreams)
    oldest.set(figures.oldestWaitingSeconds)
    pending.set(figures.pendingCommands)
    for (const tier of Tier.options) waiting.set({ tier }, figures.waitingCases[tier] ?? 0)
    for (const kind of AlarmKind.options) alarms.set({ kind }, figures.openAlarms[kind] ?? 0)
    for (const reason of ['looked', ...NotLookedReason.options])
      covered.set({ reason }, (figures.covered[reason] ?? 0) / 1000)
  }
}
