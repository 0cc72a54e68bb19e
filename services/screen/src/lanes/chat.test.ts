import { encodeEvent, type ChatJudged, type EncodedRecord, type SignalRaised } from '@streamkeeper/contracts'
import { InOrder, RetriableError, type LogRecord, type ProcessContext } from '@streamkeeper/pipeline'
import { readPolicyFile, type Logger } from '@streamkeeper/runtime'
import { until } from '@streamkeeper/testkit'
import { buildExpressions, buildMatcher, parseLexicon } from '@streamkeeper/text'
import { createBehaviour } from '../behaviour.js'
import type { ChatMemory } from '../chat-memory.js'
import { createFloods } from '../floods.js'
import type { SaidBefore } from '../said-before.js'
import type { JudgeDeps } from '../steps/judge-in-time.js'
import { screenChat } from './chat.js'

const policy = await readPolicyFile(undefined)
const words = 'word,category,severity,match,variants\nkite,FRAUD,90,auto,all\nlantern,SPAM,50,auto,all\n'
const matcher = buildMatcher([parseLexicon(words, 'words').lexicon])
const identity = { name: 'lexicon', version: '1', sha256: 'a'.repeat(64) }
const start = Date.parse('2026-01-01T00:00:00Z')
const crowd = { accounts: 2, withinMs: 60_000, minLength: 4, severity: 42 }
const never = new Promise<never>(() => undefined)

function recordOf(text: string, n = 0): LogRecord {
  const at = new Date(start).toISOString()
  const origin = { topic: 'live.chat', partition: 0, offset: String(n), id: `e${n}`, source: '/p', brokerAt: at }
  const about = { streamId: 's', messageId: `m${n}`, accountId: 'a', kind: 'message' as const }
  const record = encodeEvent('', {
    type: 'moderation.chat.accepted',
    id: `e${n}`,
    source: '/p',
    subject: 's',
    time: new Date(start),
    data: { ...about, text, sentAt: at, receivedAt: at, origin },
  })
  return { ...record, partition: 0, offset: BigInt(n), brokerAt: start }
}

interface Faults {
  readonly deadlineMs?: number
  readonly fallback?: 'hold' | 'block'
  /** So long a scan keeps the process busy, on its clock. */
  readonly scanMs?: number
  readonly take?: ChatMemory['take']
  readonly said?: SaidBefore['of']
  readonly isCrowd?: () => Promise<boolean>
  readonly keepFirst?: () => Promise<string>
  readonly flood?: Partial<typeof policy.chat.flood>
}

const remembered = { before: [], activity: { sent: 1, same: 1 }, gistLength: 9, textKey: () => 'k' }

/** The lane with what it asks as it is told; `published` is what a platform reads. */
function open(faults: Faults = {}) {
  let clock = start
  const now = (): number => clock
  const warnings: unknown[] = []
  const reasons: string[] = []
  const published: { type: string; data: ChatJudged & SignalRaised }[] = []
  const publish = (batch: readonly (readonly EncodedRecord[])[]): Promise<void> => {
    for (const { value } of batch.flat()) published.push(JSON.parse(String(value)) as never)
    return Promise.resolve()
  }
  const scans = {
    scan: (...asked: Parameters<typeof matcher.scan>) => {
      clock += faults.scanMs ?? 0
      return matcher.scan(...asked)
    },
    scanAfter: () => [],
  }
  const { blockFrom, flood } = policy.chat
  const deps = {
    policy: {
      ...policy,
      chat: { ...policy.chat, deadlineMs: faults.deadlineMs ?? 60_000, fallback: faults.fallback ?? 'hold' },
    },
    lexicons: { current: { matcher: scans, expressions: buildExpressions([]), identity, nextExpiry: null } },
    chatMemory: { take: faults.take ?? (() => Promise.resolve(remembered)) },
    saidBefore: { of: faults.said ?? (() => Promise.resolve(null)) },
    behaviour: createBehaviour({
      rules: { crowd },
      crowds: { isCrowd: faults.isCrowd ?? (() => Promise.resolve(false)) },
      deadlineMs: 60_000,
    }),
    floods: createFloods({
      limits: { ...flood, ...faults.flood },
      blockFrom,
      hits: {
        add: () => Promise.resolve(),
        hold: () => Promise.resolve(),
        keepFirst: faults.keepFirst ?? ((_: string, said: string) => Promise.resolve(said)),
      },
      deadlineMs: 60_000,
      now,
    }),
    topicPrefix: '',
    now,
    logger: { warn: (about: unknown) => warnings.push(about), error: () => undefined } as unknown as Logger,
    verdicts: new InOrder<readonly EncodedRecord[]>(publish, { pipeline: 'p', step: 's' }),
    fallbacks: { inc: ({ reason }: { reason: string }) => void reasons.push(reason) },
  } as unknown as JudgeDeps & Parameters<typeof screenChat>[0]
  let admitted = 0
  const context = {
    admitNext: () => (admitted += 1),
    progress: () => undefined,
    signal: new AbortController().signal,
  } as unknown as ProcessContext
  const say = (text: string, n = 0): Promise<unknown> => screenChat(deps, recordOf(text, n), context)
  const verdicts = (): ChatJudged[] =>
    published.filter(({ type }) => type === 'moderation.chat.judged').map(({ data }) => data)
  const labels = (): string[] =>
    published.filter(({ type }) => type === 'moderation.signal.raised').map(({ data }) => data.label)
  return { say, verdicts, labels, warnings, reasons, published, admitted: () => admitted }
}

describe('the deadline of a message', () => {
  test('one that is judged in time gets what was found, and no fallback', async () => {
    const lane = open()
    await lane.say('good evening')
    await lane.say('a blue kite', 1)
    expect(lane.verdicts().map(({ verdict, fallback }) => [verdict, fallback])).toEqual([
      ['allow', undefined],
      ['block', undefined],
    ])
    expect(lane.reasons).toEqual([])
  })

  test.each(['hold', 'block'] as const)(
    'while Redis does not answer the fallback (%s) applies, and says so',
    async (fallback) => {
      const lane = open({ deadlineMs: 20, fallback, isCrowd: () => never })
      await lane.say('good evening')
      expect(lane.verdicts()).toMatchObject([{ verdict: fallback, fallback: 'deadline' }])
      // Whoever decides on a held message must read it.
      expect(lane.verdicts()[0]?.text).toBe(fallback === 'hold' ? 'good evening' : undefined)
      expect(lane.reasons).toEqual(['deadline'])
      expect(lane.admitted()).toBe(1)
    },
  )

  test('until the windows are read back a message waits, and has its whole time then', async () => {
    let readBack: (() => void) | undefined
    const take = (): Promise<never> => new Promise((resolve) => (readBack = () => resolve(remembered as never)))
    const lane = open({ deadlineMs: 20, take })
    const said = lane.say('a blue kite')
    await expect(Promise.race([said, new Promise((resolve) => setTimeout(resolve, 60, 'waits'))])).resolves.toBe(
      'waits',
    )
    expect(lane.published).toEqual([])
    readBack?.()
    await said
    expect(lane.verdicts()).toMatchObject([{ verdict: 'block' }])
    expect(lane.reasons).toEqual([])
  })

  test('a process that is busy beyond it gives what it has found: the same as when the message is read again', async () => {
    const lane = open({ deadlineMs: 5_000, scanMs: 6_000 })
    await lane.say('good evening')
    expect(lane.verdicts().map(({ verdict, fallback }) => [verdict, fallback])).toEqual([['allow', undefined]])
  })

  test('what is found before it is not weakened, and its signal goes out', async () => {
    const lane = open({ deadlineMs: 20, keepFirst: () => never })
    await lane.say('a blue kite')
    expect(lane.verdicts()).toMatchObject([{ verdict: 'block', matches: [{ entry: 'kite' }] }])
    expect(lane.verdicts()[0]?.fallback).toBeUndefined()
    expect([...lane.labels()]).toEqual(['FRAUD'])
  })

  test('a hit whose count is not answered in time stays what it is, and an entry that is held back here holds', async () => {
    const lane = open({ deadlineMs: 20, keepFirst: () => never, flood: { atLeast: 3 } })
    for (let n = 0; n < 4; n += 1) await lane.say('a blue kite', n)
    expect(lane.verdicts().map(({ verdict }) => verdict)).toEqual(['block', 'block', 'hold', 'hold'])
  })

  test('what comes after it is no second verdict', async () => {
    let answer: ((isCrowd: boolean) => void) | undefined
    const lane = open({ deadlineMs: 20, isCrowd: () => new Promise((resolve) => (answer = resolve)) })
    await lane.say('a blue kite')
    const before = lane.published.length
    answer?.(true)
    // Another message of the stream goes the whole way meanwhile.
    await lane.say('good evening', 1)
    expect(lane.published.slice(0, before).map(({ type }) => type)).toEqual(['moderation.chat.judged'])
    expect(lane.verdicts().map(({ messageId }) => messageId)).toEqual(['m0', 'm1'])
  })

  test('a late failure is told, not thrown', async () => {
    let fail: ((why: Error) => void) | undefined
    const isCrowd = (): Promise<never> => new Promise((_, reject) => (fail = reject))
    const lane = open({ deadlineMs: 20, isCrowd })
    const unhandled: unknown[] = []
    const note = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    try {
      await lane.say('good evening')
      fail?.(new Error('nobody foresaw it'))
      await until(() => lane.warnings.length > 0, { what: 'the late failure is told' })
      await new Promise((resolve) => setImmediate(resolve))
    } finally {
      process.off('unhandledRejection', note)
    }
    expect(unhandled).toEqual([])
    expect(lane.warnings).toMatchObject([{ messageId: 'm0' }])
    expect(lane.verdicts()).toHaveLength(1)
  })

  test('while the log is away a message waits, and has no verdict', async () => {
    const lane = open({ take: () => Promise.reject(new RetriableError('away')) })
    await expect(lane.say('good evening')).rejects.toThrow('away')
    expect(lane.published).toEqual([])
  })

  test('a part that fails does not mean allow', async () => {
    const lane = open({ isCrowd: () => Promise.reject(new Error('nobody foresaw it')) })
    await lane.say('good evening')
    expect(lane.verdicts()).toMatchObject([{ verdict: 'hold', fallback: 'filter-failed' }])
  })
})

describe('a message that is read again', () => {
  test('keeps the fallback that it got, though everything answers now', async () => {
    const first = open({ deadlineMs: 20, isCrowd: () => never })
    await first.say('good evening')
    const [verdict] = first.verdicts()
    const again = open({ said: () => Promise.resolve(verdict ?? null) })
    await again.say('good evening')
    expect(again.verdicts()).toEqual([verdict])
    expect(verdict).toMatchObject({ verdict: 'hold', fallback: 'deadline' })
    // One message, counted once.
    expect(again.reasons).toEqual([])
  })

  test('keeps its verdict though nothing answers now, and its signals go out again', async () => {
    const first = open()
    await first.say('a blue lantern, a red kite')
    const [verdict] = first.verdicts()
    const again = open({ deadlineMs: 20, isCrowd: () => never, said: () => Promise.resolve(verdict ?? null) })
    await again.say('a blue lantern, a red kite')
    expect(again.verdicts()).toEqual([verdict])
    const quiet = open({ said: () => Promise.resolve(verdict ?? null) })
    await quiet.say('a blue lantern, a red kite')
    expect(quiet.labels()).toEqual(first.labels())
    expect(quiet.labels()).toHaveLength(2)
  })

  test('waits while the log cannot be asked what was said of it', async () => {
    const lane = open({ said: () => Promise.reject(new RetriableError('away')) })
    await expect(lane.say('good evening')).rejects.toThrow('away')
    expect(lane.published).toEqual([])
  })
})
