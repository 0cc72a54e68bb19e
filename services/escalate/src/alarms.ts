import type { AlarmKind } from '@streamkeeper/contracts'
import { endAlarms, raiseAlarm, type Database, type NewAlarm } from '@streamkeeper/database'
import { isRetriable } from '@streamkeeper/pipeline'
import type { Logger } from '@streamkeeper/runtime'

const timeoutMs = 5_000

export interface Alarms {
  /** Calls the leads: on the page, in the log, at the address. Once as long as the alarm of this kind and subject is open. */
  raise(alarm: NewAlarm): Promise<void>
  /** The condition of this kind holds for these and for nothing else: what is new is raised, what is over ends. */
  settle(kind: AlarmKind, alarms: readonly NewAlarm[]): Promise<void>
}

export interface AlarmOptions {
  readonly database: Database
  readonly url: string | undefined
  readonly logger: Logger
  readonly now: () => number
}

/** Alarms are rows, so that a restart neither forgets nor repeats them; while the database is away they are told all the same. */
export function createAlarms({ database, url, logger, now }: AlarmOptions): Alarms {
  /** Told while they could not be written, by kind and subject, and when. */
  const unwritten = new Map<string, { readonly alarm: NewAlarm; readonly at: Date }>()
  const nameOf = ({ kind, subject }: Pick<NewAlarm, 'kind' | 'subject'>): string => `${kind} ${subject}`

  async function isNew(alarm: NewAlarm): Promise<boolean> {
    const name = nameOf(alarm)
    try {
      const made = await raiseAlarm(database, alarm, new Date(now()))
      return !unwritten.delete(name) && made
    } catch (error) {
      if (!isRetriable(error)) throw error
      if (unwritten.has(name)) return false
      unwritten.set(name, { alarm, at: new Date(now()) })
      return true
    }
  }

  /** What was told and is over by the time that it can be written stands in the database all the same, and ends there. */
  async function writeTold(kind: AlarmKind): Promise<void> {
    for (const [name, { alarm, at }] of unwritten)
      if (alarm.kind === kind) {
        await raiseAlarm(database, alarm, at)
        unwritten.delete(name)
      }
  }

  async function raise(alarm: NewAlarm): Promise<void> {
    if (!(await isNew(alarm))) return
    const { kind, subject, streamId, caseId, message } = alarm
    logger.error({ alarm: kind, subject, streamId, caseId }, message)
    await post(url, { event: 'raised', ...alarm, at: new Date(now()).toISOString() }, logger)
  }

  return {
    raise,
    settle: async (kind, alarms) => {
      for (const alarm of alarms) await raise(alarm)
      await writeTold(kind)
      const at = new Date(now())
      const ended = await endAlarms(database, kind, { except: alarms.map(({ subject }) => subject), at })
      for (const { subject, streamId, caseId, message } of ended) {
        logger.info({ alarm: kind, subject, streamId, caseId }, 'an alarm is over')
        await post(url, { event: 'ended', kind, subject, streamId, caseId, message, at: at.toISOString() }, logger)
      }
    },
  }
}

/** An address that does not answer must not hold up the flow: that is logged. */
async function post(url: string | undefined, body: object, logger: Logger): Promise<void> {
  if (url === undefined) return
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (!response.ok) logger.error({ status: response.status }, 'the alarm address refused an alarm')
  } catch (err) {
    logger.error({ err }, 'the alarm address does not answer')
  }
}
