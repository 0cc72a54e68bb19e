import { FencedError, RecordTooLargeError, RetriableError } from '@streamkeeper/pipeline'

/** Kafka's names of errors that say: this member, generation or partition is no longer yours. */
const fenced = new Set([
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'REBALANCE_IN_PROGRESS',
  'FENCED_INSTANCE_ID',
  'FENCED_MEMBER_EPOCH',
  'STALE_MEMBER_EPOCH',
])
const tooLarge = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'])
/** kafkajs' own names for "the broker is away". */
const away =
  /^KafkaJS(Connection|ConnectionClosed|RequestTimeout|BrokerNotFound|NumberOfRetriesExceeded|GroupCoordinatorNotFound|LockTimeout|NoBrokerAvailable|MetadataNotLoaded|TopicMetadataNotLoaded)$|^KafkaJS.*Error$/

interface KafkaLike {
  readonly name: string
  readonly message: string
  readonly type?: string
  readonly retriable?: boolean
  readonly cause?: unknown
  readonly originalError?: unknown
}

/** Turns an error of kafkajs into ours; what is neither passing nor known stays as it is. */
export function toOurError(error: unknown, what: string): unknown {
  const chain = chainOf(error)
  if (chain.some(({ name }) => name === 'RecordTooLargeError' || name === 'FencedError' || name === 'RetriableError'))
    return error
  if (chain.some(({ type }) => type !== undefined && tooLarge.has(type)))
    return new RecordTooLargeError(`${what}: a record is larger than its topic takes`, { cause: error })
  if (chain.some(({ type }) => type !== undefined && fenced.has(type)))
    return new FencedError(`${what}: the group moved on`, { cause: error })
  if (chain.some((one) => one.retriable === true || isAway(one)))
    return new RetriableError(`${what}: Kafka is away or busy`, { cause: error })
  return error
}

export function isTooLarge(error: unknown): boolean {
  return chainOf(error).some(({ type }) => type !== undefined && tooLarge.has(type))
}

function isAway({ name, type }: KafkaLike): boolean {
  return type === undefined && away.test(name) && name !== 'KafkaJSNonRetriableError'
}

/** The error and what it was caused by. Errors of another realm are no instances of our Error: the shape decides. */
function chainOf(error: unknown): KafkaLike[] {
  const chain: KafkaLike[] = []
  for (let one: unknown = error; isLike(one) && chain.length < 8; one = one.cause ?? one.originalError) chain.push(one)
  return chain
}

function isLike(value: unknown): value is KafkaLike {
  return typeof value === 'object' && value !== null && 'name' in value && 'message' in value
}
