import { FencedError, RecordTooLargeError, RetriableError } from '@streamkeeper/pipeline'

const tooLarge = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD_SIZE'])
const fenced = new Set([
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'REBALANCE_IN_PROGRESS',
  'FENCED_INSTANCE_ID',
  'FENCED_MEMBER_EPOCH',
])
const portErrors = new Set(['RetriableError', 'RecordTooLargeError', 'FencedError'])
const bugs = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError'])

/**
 * Says a failure of kafkajs in the port's words. All but records that are too large, a lost membership and plain bugs is
 * retriable: wrong rights or a wrong name are an operator's to mend, and must not turn good records into dead letters.
 */
export function toPortError(error: unknown, doing: string): Error {
  const causes = causesOf(error)
  const [first] = causes
  const name = textOf(first, 'name')
  if (portErrors.has(name) && first instanceof Error) return first
  if (isTooLarge(error)) return new RecordTooLargeError(`${doing}: a record is larger than its topic takes`)
  if (causes.some((cause) => fenced.has(textOf(cause, 'type'))))
    return new FencedError(`${doing}: membership has ended`)
  if (bugs.has(name) && first instanceof Error) return first
  return new RetriableError(`${doing}: ${textOf(first, 'message') || String(error)}`, { cause: error })
}

export function isTooLarge(error: unknown): boolean {
  return causesOf(error).some((cause) => tooLarge.has(textOf(cause, 'type')))
}

/** True when a consumer that ended with this may be started again: brokers are away, or the group has changed. */
export function mayPass(error: unknown): boolean {
  const causes = causesOf(error)
  const root = causes.at(-1)
  if (bugs.has(textOf(root, 'name')) || textOf(root, 'name') === 'BatchTooLargeError') return false
  return causes.some(
    (cause) =>
      textOf(cause, 'name') === 'KafkaJSNumberOfRetriesExceeded' || isTrue(cause, 'retriable') || isAway(cause),
  )
}

/** True of a broker that has just started: it reads its groups first, and has them within seconds. */
export function isLoading(error: unknown): boolean {
  return causesOf(error).some((cause) => textOf(cause, 'type') === 'GROUP_LOAD_IN_PROGRESS')
}

/** True when the group moves and the membership must be renewed. */
export function isRebalance(error: unknown): boolean {
  return causesOf(error).some((cause) => fenced.has(textOf(cause, 'type')))
}

/** These are marked as not retriable by kafkajs, though they end when the brokers are back. */
function isAway(cause: unknown): boolean {
  const away = [
    'KafkaJSGroupCoordinatorNotFound',
    'KafkaJSTimeout',
    'KafkaJSLockTimeout',
    'KafkaJSFetcherRebalanceError',
  ]
  return away.includes(textOf(cause, 'name'))
}

function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = []
  for (let cause = error; typeof cause === 'object' && cause !== null && causes.length < 10;) {
    causes.push(cause)
    cause = Reflect.get(cause, 'cause') ?? Reflect.get(cause, 'originalError')
  }
  return causes
}

function textOf(cause: unknown, field: string): string {
  const value = typeof cause === 'object' && cause !== null ? Reflect.get(cause, field) : undefined
  return typeof value === 'string' ? value : ''
}

function isTrue(cause: unknown, field: string): boolean {
  return typeof cause === 'object' && cause !== null && Reflect.get(cause, field) === true
}
