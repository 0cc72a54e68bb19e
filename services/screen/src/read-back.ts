import type { EventLog, LogRecord } from '@streamkeeper/pipeline'

/** First so many, then twice as many, and no more than so many. */
const firstRecords = 500n
const mostRecords = 32_000n

/** The records of a partition before a place, back to a time (of the broker, in milliseconds) at least, as far as 32,000 of them reach. Throws RetriableError while the log is away. */
export async function readBack(
  log: Pick<EventLog, 'read'>,
  { topic, partition, offset }: Pick<LogRecord, 'topic' | 'partition' | 'offset'>,
  since: number,
): Promise<readonly LogRecord[]> {
  for (let records = firstRecords; ; records *= 2n) {
    const from = offset > records ? offset - records : 0n
    if (from === offset) return []
    const found = await log.read(topic, partition, from, Number(offset - from))
    if ((found[0]?.brokerAt ?? 0) < since || from === 0n || records >= mostRecords) return found
  }
}
