import { createHash } from 'node:crypto'
import { ok, type Step } from '@streamkeeper/pipeline'
import type { EventOfType, Incoming } from '../accepted.js'
import { caused } from '../caused.js'
import type { Deps } from '../deps.js'
import type { Admitted } from './admit.js'

/** A viewer's word is a hit of middling weight; policy asks for several of them. */
const reportSeverity = 50

/** The rule by which a report becomes a signal; its digest is over what it does. */
const rule = {
  name: 'viewer-report',
  version: '1',
  sha256: createHash('sha256').update(`viewer-report 1 severity ${reportSeverity}`).digest('hex'),
}

/** A viewer's complaint becomes a signal, an input of policy like any other. */
export function createAcceptReportStep({
  log,
  topicPrefix,
}: Deps): Step<Admitted<EventOfType<'live.report.filed'>>, Incoming> {
  return {
    name: 'accept-report',
    run: async (report) => {
      const { streamId, reportId, reporter, category, filedAt, text, streamTimeMs, contact } = report.event.data
      const data = {
        signalId: `sig-${createHash('sha256').update(`report\0${streamId}\0${reportId}`).digest('hex').slice(0, 32)}`,
        streamId,
        lane: 'report' as const,
        label: category === 'other' ? ('OTHER' as const) : category,
        score: 1,
        severity: reportSeverity,
        source: rule,
        at: new Date(filedAt).toISOString(),
        reportId,
        shadow: false,
        evidence: { accountId: reporter.accountId, ...(text === undefined ? {} : { text }) },
        ...(streamTimeMs === undefined ? {} : { streamTimeMs }),
        ...(contact === undefined ? {} : { contact }),
        origin: report.origin,
      }
      await log.publish([caused(topicPrefix, report, { type: 'moderation.signal.raised', data })])
      return ok(report)
    },
  }
}
