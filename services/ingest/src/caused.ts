import { encodeEvent, type EncodedRecord, type EventData, type EventType } from '@streamkeeper/contracts'
import type { Incoming } from './accepted.js'

export const source = '/streamkeeper/ingest'

export interface CanonicalInput<Type extends EventType> {
  readonly type: Type
  readonly data: EventData<Type>
  /** What tells two events of one record apart; the canonical one needs none. */
  readonly suffix?: string
}

/** A record of ours that was caused by an incoming one: same subject, an id that a replay makes again. */
export function caused<Type extends EventType>(
  prefix: string,
  { event, id }: Incoming,
  input: CanonicalInput<Type>,
): EncodedRecord {
  const { type, data, suffix } = input
  return encodeEvent(prefix, {
    type,
    id: suffix === undefined ? id : `${id}:${suffix}`,
    source,
    subject: event.subject,
    time: event.time,
    data,
  })
}
