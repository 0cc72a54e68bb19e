import { z } from 'zod'
import { Id, UtcTime } from './fields.js'
import { Username } from './http-people.js'

/** What leads are called for. */

export const AlarmKind = z.enum([
  'cut-disobeyed',
  'command-expired',
  'command-failed',
  'provisional-extended',
  'stream-unscreened',
  'archive-lag',
  'engine-away',
  'decoder-failures',
  'key-lost',
  'entry-flood',
  'picture-flood',
])
export type AlarmKind = z.infer<typeof AlarmKind>

/** Something that a lead must know now. One whose condition is over, or that a lead has taken, is no longer open. */
export const AlarmView = z.object({
  alarmId: z.number().int(),
  kind: AlarmKind,
  /** What it is about: a stream, a topic, an engine, a key. */
  subject: z.string(),
  message: z.string(),
  streamId: Id.nullable(),
  caseId: Id.nullable(),
  raisedAt: UtcTime,
  endedAt: UtcTime.nullable(),
  takenBy: Username.nullable(),
  takenAt: UtcTime.nullable(),
})
export type AlarmView = z.infer<typeof AlarmView>
export const AlarmList = z.object({ alarms: z.array(AlarmView), open: z.number().int(), at: UtcTime })
export type AlarmList = z.infer<typeof AlarmList>
