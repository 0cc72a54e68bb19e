import { z } from 'zod'
import { AnyTime } from './fields.js'

/** CloudEvents 1.0 attributes; extensions (keyid, signature, traceparent …) ride beside them and are kept. */
export const CloudEvent = z.looseObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(256),
  source: z.string().min(1).max(1024),
  type: z.string().min(1).max(256),
  subject: z.string().min(1),
  time: AnyTime,
  datacontenttype: z.string().optional(),
  data: z.unknown(),
})
export type CloudEvent = z.infer<typeof CloudEvent>

/** A CloudEvent whose data has been checked. */
export type EventOf<Type extends string, Data> = Omit<CloudEvent, 'type' | 'data'> & { type: Type; data: Data }
