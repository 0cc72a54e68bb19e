import type { Logger } from '@streamkeeper/runtime'
import type { Alarm } from './deps.js'

const timeoutMs = 5_000

/** Logs the alarm and posts it. An address that does not answer must not hold up the flow: it is logged and counted. */
export function createAlarm(url: string | undefined, logger: Logger): (alarm: Alarm) => Promise<void> {
  return async (alarm) => {
    logger.error({ alarm: alarm.kind, streamId: alarm.streamId, caseId: alarm.caseId }, alarm.message)
    if (url === undefined) return
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alarm),
        signal: AbortSignal.timeout(timeoutMs),
      })
      if (!response.ok) logger.error({ status: response.status }, 'the alarm address refused an alarm')
    } catch (err) {
      logger.error({ err }, 'the alarm address does not answer')
    }
  }
}
