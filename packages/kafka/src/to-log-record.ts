import type { LogRecord } from '@streamkeeper/pipeline'

/** What kafkajs hands out for one record. */
export interface RawRecord {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly offset: string
  readonly timestamp: string
  readonly headers?: Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>> | undefined
}

// A value is a window into the whole answer of the broker; a small one kept would keep megabytes alive.
const copiedBelow = 64 * 1024

/** A record of kafkajs as the port has it. Of a header that stands twice, the last one counts. */
export function toLogRecord(topic: string, partition: number, raw: RawRecord): LogRecord {
  const { value } = raw
  return {
    topic,
    partition,
    offset: BigInt(raw.offset),
    key: raw.key === null ? null : raw.key.toString('utf8'),
    value: value !== null && value.length < copiedBelow ? Buffer.from(value) : value,
    headers: toTexts(raw.headers ?? {}),
    brokerAt: Number(raw.timestamp),
  }
}

function toTexts(headers: NonNullable<RawRecord['headers']>): Record<string, string> {
  const texts: [string, string][] = []
  for (const [name, value] of Object.entries(headers)) {
    const last = Array.isArray(value) ? value.at(-1) : value
    if (last !== undefined && last !== null) texts.push([name, typeof last === 'string' ? last : last.toString('utf8')])
  }
  return Object.fromEntries(texts)
}
