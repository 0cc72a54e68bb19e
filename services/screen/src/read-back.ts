import type { EventLog, LogRecord } from '@streamkeeper/pipeline'

/** First so many are gone back, then twice as many, until they are old enough. */
const firstRecords = 500n
/** So many are read and held at once. */
const mostRecords = 32_000n

type Log = Pick<EventLog, 'read' | 'bounds'>
type Place = Pick<LogRecord, 'topic' | 'partition' | 'offset'>

/**
 * The records of a partition before a place, back to a time (of the broker, in milliseconds) at least, oldest first, in pages of at most
 * 32,000: however many they are, none is left out and no more is held. Throws RetriableError while the log is away.
 */
export async function* readBack(log: Log, place: Place, since: number): AsyncGenerator<readonly LogRecord[]> {
  const { topic, partition, offset } = place
  for (let at = await findStart(log, place, since); at < offset;) {
    const left = offset - at
    const page = await log.read(topic, partition, at, Number(left < mostRecords ? left : mostRecords))
    const last = page.at(-1)
    if (last === undefined) return
    yield page
    at = last.offset + 1n
  }
}

/** Where to begin: at a record that is older, or where the log begins. */
async function findStart(log: Log, { topic, partition, offset }: Place, since: number): Promise<bigint> {
  const first = (await log.bounds(topic)).find((one) => one.partition === partition)?.first ?? 0n
  for (let records = firstRecords; offset - first > records; records *= 2n) {
    const [record] = await log.read(topic, partition, offset - records, 1)
    if (record !== undefined && record.brokerAt < since) return offset - records
  }
  return first
}
