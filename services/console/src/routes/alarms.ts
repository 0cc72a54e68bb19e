import { StreamkeeperError, type AlarmList, type AlarmView } from '@streamkeeper/contracts'
import { countOpenAlarms, listAlarms, takeAlarm, type AlarmRow } from '@streamkeeper/database'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Deps } from '../deps.js'
import { visitorOf } from '../guard.js'
import { parse } from '../parse.js'

const AlarmId = z.coerce.number().int().min(1)
const shown = 100

/** What leads are called for. Taking an alarm says "I see to it"; whose condition is over ends by itself. */
export async function addAlarmRoutes(app: FastifyInstance, { database, now }: Deps): Promise<void> {
  app.get('/alarms', async (): Promise<AlarmList> => {
    const alarms = (await listAlarms(database, shown)).map(viewAlarm)
    return { alarms, open: await countOpenAlarms(database), at: now().toISOString() }
  })

  app.post<{ Params: { alarmId: string } }>('/alarms/:alarmId/take', async (request): Promise<AlarmView> => {
    const { username } = visitorOf(request)
    const alarmId = parse(AlarmId, request.params.alarmId)
    const taken = await takeAlarm(database, { alarmId, person: username, at: now() })
    if (taken === null) throw new StreamkeeperError('NOT_FOUND', `there is no alarm ${alarmId}`)
    return viewAlarm(taken)
  })
}

function viewAlarm({ alarmId, kind, subject, message, streamId, caseId, takenBy, ...row }: AlarmRow): AlarmView {
  return {
    alarmId,
    kind,
    subject,
    message,
    streamId,
    caseId,
    takenBy,
    raisedAt: row.raisedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    takenAt: row.takenAt?.toISOString() ?? null,
  }
}
