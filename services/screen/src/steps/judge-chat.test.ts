import { RetriableError } from '@streamkeeper/pipeline'
import { readPolicyFile } from '@streamkeeper/runtime'
import { buildExpressions, buildMatcher, parseLexicon } from '@streamkeeper/text'
import type { BehaviourFound } from '../behaviour.js'
import { createFloods } from '../floods.js'
import { findMatches, judgeChat } from './judge-chat.js'

const words =
  'word,category,severity,match,variants\nkite,FRAUD,90,auto,all\nlantern,SPAM,50,auto,all\nduck,birds,50,auto,all\ntiger,FRUAD,60,auto,all\n'
const lexicons = {
  matcher: buildMatcher([parseLexicon(words, 'words').lexicon]),
  expressions: buildExpressions([]),
  identity: { name: 'lexicon', version: '1', sha256: 'a'.repeat(64) },
  nextExpiry: null,
}
const policy = await readPolicyFile(undefined)
const now = new Date('2026-01-01T00:00:00Z')
const quiet: BehaviourFound = { matches: [], missing: null }

function chat(text: string, n = 0) {
  const at = now.toISOString()
  const origin = { topic: 't', partition: 0, offset: '0', id: 'i', source: '/s', brokerAt: at }
  return {
    streamId: 's',
    messageId: `m${n}`,
    accountId: 'a',
    text,
    kind: 'message' as const,
    sentAt: at,
    receivedAt: at,
    origin,
  }
}

function makeFloods(first = new Map<string, string>()) {
  const told: { hits: Map<string, number>; held: string[] } = { hits: new Map(), held: [] }
  const hits = {
    add: (counts: ReadonlyMap<string, number>) => Promise.resolve(void (told.hits = new Map(counts))),
    hold: (entries: readonly string[]) => Promise.resolve(void told.held.push(...entries)),
    keepFirst: (key: string, said: string) => {
      if (!first.has(key)) first.set(key, said)
      return Promise.resolve(first.get(key) ?? said)
    },
  }
  const { flood: limits, blockFrom } = policy.chat
  return { floods: createFloods({ limits, blockFrom, hits, deadlineMs: 1_000, now: () => now.getTime() }), told, first }
}

async function judge(text: string, behaviour = quiet, { floods } = makeFloods(), n = 0) {
  const message = chat(text, n)
  const matches = findMatches(message, { policy, lexicons, before: [], behaviour })
  const heldBack = await floods.judge(`s\0m${n}`, matches)
  return judgeChat(message, { policy, lexicons, matches, heldBack, missing: behaviour.missing, now })
}

test('the worst hit decides, and each label that holds is a signal', async () => {
  expect((await judge('a blue kite')).judged.verdict).toBe('block')
  expect((await judge('a lantern')).judged.verdict).toBe('hold')
  expect(await judge('good evening')).toMatchObject({ judged: { verdict: 'allow' }, signals: [] })
  expect((await judge('kite lantern')).signals.map(({ label }) => label)).toEqual(['FRAUD', 'SPAM'])
})

test('categories that are no labels are one signal of the label OTHER, and stand in the evidence as written', async () => {
  const { signals } = await judge('duck kite tiger')
  expect(signals).toMatchObject([
    { label: 'OTHER', severity: 60, evidence: { matches: [{ category: 'birds' }, { category: 'FRUAD' }] } },
    { label: 'FRAUD', severity: 90 },
  ])
  expect(new Set(signals.map(({ signalId }) => signalId)).size).toBe(2)
})

test('behaviour holds like a word does', async () => {
  const rate = { entry: 'behaviour.rate', category: 'SPAM', severity: 42, start: 0, end: 2, matched: 'hi', via: [] }
  const { judged, signals } = await judge('hi', { matches: [rate], missing: null })
  expect(judged.verdict).toBe('hold')
  expect(signals).toMatchObject([{ label: 'SPAM', evidence: { matches: [{ entry: 'behaviour.rate' }] } }])
})

test('missing counts never mean allow: the fallback of the policy holds and says so; what is worse stays', async () => {
  const missing = { matches: [], missing: 'counts-missing' }
  expect((await judge('good evening', missing)).judged).toMatchObject({ verdict: 'hold', fallback: 'counts-missing' })
  expect((await judge('a blue kite', missing)).judged).toMatchObject({ verdict: 'block' })
  expect((await judge('a blue kite', missing)).judged.fallback).toBeUndefined()
})

test('an entry that hits everything is held back: its hits hold, a sample of them is told, others go on', async () => {
  const made = makeFloods()
  const verdicts = []
  for (let n = 0; n < 1_000; n += 1) verdicts.push(await judge('a blue kite', quiet, made, n))
  const limit = policy.chat.flood.atLeast
  expect(verdicts.slice(0, limit - 1).every(({ judged }) => judged.verdict === 'block')).toBe(true)
  const after = verdicts.slice(limit)
  expect(after.every(({ judged }) => judged.verdict === 'hold')).toBe(true)
  const sampled = after.filter(({ signals }) => signals.length > 0).length
  expect(sampled).toBeGreaterThan(after.length / 40)
  expect(sampled).toBeLessThan(after.length / 10)
  expect((await judge('a lantern', quiet, made)).signals).toHaveLength(1)
  expect((await judge('a blue kite with a lantern', quiet, made, 5_000)).judged.verdict).toBe('hold')
  await made.floods.flush()
  expect(made.told.held).toEqual(['words FRAUD kite'])
  expect(made.told.hits.get('words FRAUD kite')).toBe(1_001)
})

test('a message that is read again after a restart gets the verdict that it got, before and after an entry was held back', async () => {
  const made = makeFloods()
  const first = []
  for (let n = 0; n < 400; n += 1) first.push((await judge('a blue kite', quiet, made, n)).judged.verdict)
  const restarted = makeFloods(made.first)
  const again = []
  for (let n = 0; n < 400; n += 1) again.push((await judge('a blue kite', quiet, restarted, n)).judged.verdict)
  expect(new Set(first)).toEqual(new Set(['block', 'hold']))
  expect(again).toEqual(first)
})

test('while Redis is away what this process knows holds', async () => {
  const hits = {
    add: () => Promise.resolve(),
    hold: () => Promise.resolve(),
    keepFirst: () => Promise.reject(new RetriableError('away')),
  }
  const { flood: limits, blockFrom } = policy.chat
  const floods = createFloods({ limits, blockFrom, hits, deadlineMs: 20, now: () => 0 })
  expect((await judge('a blue kite', quiet, { ...makeFloods(), floods })).judged.verdict).toBe('block')
})

test('counts that could not be handed on are kept', async () => {
  let isAway = true
  const sent: Map<string, number>[] = []
  const add = (counts: ReadonlyMap<string, number>) =>
    isAway ? Promise.reject(new Error('away')) : Promise.resolve(void sent.push(new Map(counts)))
  const hits = { add, hold: () => Promise.resolve(), keepFirst: (_key: string, said: string) => Promise.resolve(said) }
  const floods = createFloods({ limits: policy.chat.flood, blockFrom: 80, hits, deadlineMs: 1_000, now: () => 0 })
  const kite = { entry: 'kite', category: 'FRAUD', severity: 90, start: 0, end: 4, matched: 'kite', via: [] }
  await floods.judge('m', [kite])
  await expect(floods.flush()).rejects.toThrow('away')
  await floods.judge('n', [kite])
  isAway = false
  await floods.flush()
  expect(sent.map((one) => Object.fromEntries(one))).toEqual([{ 'policy FRAUD kite': 2 }])
})
