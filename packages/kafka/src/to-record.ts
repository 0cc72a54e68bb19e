import type { LogRecord } from '@streamkeeper/pipeline'
import type { IHeaders, KafkaMessage } from 'kafkajs'

/** A message as kafkajs gives it, as a record of the port. */
export function toRecord(
  topic: string,
  partition: number,
  { offset, key, value, headers, timestamp }: KafkaMessage,
): LogRecord {
  return {
    topic,
    partition,
    offset: BigInt(offset),
    key: key === null ? null : key.toString(),
    value,
    headers: toHeaders(headers),
    brokerAt: Number(timestamp),
  }
}

/** Headers as text; of one that is repeated the last counts, as in a map of most clients. */
function toHeaders(headers: IHeaders | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).flatMap(([name, value]) => {
      const last = Array.isArray(value) ? value.at(-1) : value
      return last === undefined || last === null ? [] : [[name, last.toString()]]
    }),
  )
}
