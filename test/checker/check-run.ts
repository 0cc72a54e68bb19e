import { findAltered } from './find-altered.js'
import { findDisorder } from './find-disorder.js'
import { findDuplicates } from './find-duplicates.js'
import { findLost } from './find-lost.js'
import { findPhantoms } from './find-phantoms.js'
import { findStuck } from './find-stuck.js'
import { acceptedIn, deadLettersIn } from './read-records.js'
import type { Report, Run } from './types.js'

/**
 * Judges a run by what the producer got acknowledged and by what every sink holds: nothing lost, nothing from nowhere,
 * no effect twice, no content changed, order kept within a stream, nothing left standing. Pure.
 */
export function checkRun({ acknowledged, sinks, faults, recoverWithinMs = 60_000 }: Run): Report {
  const { findings: altered, redelivered } = findAltered(sinks)
  return {
    findings: [
      ...findLost(acknowledged, sinks),
      ...findPhantoms(acknowledged, sinks),
      ...findDuplicates(sinks),
      ...altered,
      ...findDisorder(acknowledged, sinks),
      ...findStuck(sinks, faults, recoverWithinMs),
    ],
    counts: {
      acknowledged: acknowledged.filter((event) => event.ack === 'acknowledged').length,
      unknown: acknowledged.filter((event) => event.ack === 'unknown').length,
      accepted: acceptedIn(sinks).length,
      rejected: deadLettersIn(sinks).length,
      redelivered,
    },
  }
}
