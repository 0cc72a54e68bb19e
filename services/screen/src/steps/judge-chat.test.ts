import { readPolicyFile } from '@streamkeeper/runtime'
import { buildExpressions, buildMatcher, parseLexicon } from '@streamkeeper/text'
import type { BehaviourFound } from '../behaviour.js'
import { createFloods } from '../floods.js'
import { judgeChat } from './judge-chat.js'

const words = 'word,category,severity,match,variants\nkite,FRAUD,90,auto,all\nlantern,SPAM,50,auto,all\n'
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

function makeFloods() {
  const told: { hits: Map<string, number>; held: string[] } = { hits: new Map(), held: [] }
  const sink = {
    add: (hits: ReadonlyMap<string, number>) => Promise.resolve(void (told.hits = new Map(hits))),
    hold: (entries: readonly string[]) => Promise.resolve(void told.held.push(...entries)),
  }
  return { floods: createFloods(policy.chat.flood, sink, () => now.getTime()), told }
}

const judge = (text: string, behaviour = quiet, { floods } = makeFloods(), n = 0) =>
  judgeChat(chat(text, n), { policy, lexicons, before: [], behaviour, floods, now })

test('the worst hit decides, and each label that holds is a signal', () => {
  expect(judge('a blue kite').judged.verdict).toBe('block')
  expect(judge('a lantern').judged.verdict).toBe('hold')
  expect(judge('good evening')).toMatchObject({ judged: { verdict: 'allow' }, signals: [] })
  expect(judge('kite lantern').signals.map(({ label }) => label)).toEqual(['FRAUD', 'SPAM'])
})

test('behaviour holds like a word does', () => {
  const rate = { entry: 'behaviour.rate', category: 'SPAM', severity: 42, start: 0, end: 2, matched: 'hi', via: [] }
  const { judged, signals } = judge('hi', { matches: [rate], missing: null })
  expect(judged.verdict).toBe('hold')
  expect(signals).toMatchObject([{ label: 'SPAM', evidence: { matches: [{ entry: 'behaviour.rate' }] } }])
})

test('missing counts never mean allow: the fallback of the policy holds and says so; what is worse stays', () => {
  const missing = { matches: [], missing: 'counts-missing' }
  expect(judge('good evening', missing).judged).toMatchObject({ verdict: 'hold', fallback: 'counts-missing' })
  expect(judge('a blue kite', missing).judged).toMatchObject({ verdict: 'block' })
  expect(judge('a blue kite', missing).judged.fallback).toBeUndefined()
})

test('an entry that hits everything is held back: its hits hold, a sample of them is told, others go on', async () => {
  const made = makeFloods()
  const verdicts = Array.from({ length: 1_000 }, (_, n) => judge('a blue kite', quiet, made, n))
  const limit = policy.chat.flood.atLeast
  expect(verdicts.slice(0, limit - 1).every(({ judged }) => judged.verdict === 'block')).toBe(true)
  const after = verdicts.slice(limit)
  expect(after.every(({ judged }) => judged.verdict === 'hold')).toBe(true)
  const sampled = after.filter(({ signals }) => signals.length > 0).length
  expect(sampled).toBeGreaterThan(after.length / 40)
  expect(sampled).toBeLessThan(after.length / 10)
  expect(judge('a lantern', quiet, made).signals).toHaveLength(1)
  expect(judge('a blue kite with a lantern', quiet, made, 3).judged.verdict).toBe('hold')
  await made.floods.flush()
  expect(made.told.held).toEqual(['words FRAUD kite'])
  expect(made.told.hits.get('words FRAUD kite')).toBe(1_001)
})

test('counts that could not be handed on are kept', async () => {
  let isAway = true
  const sent: Map<string, number>[] = []
  const add = (hits: ReadonlyMap<string, number>) =>
    isAway ? Promise.reject(new Error('away')) : Promise.resolve(void sent.push(new Map(hits)))
  const floods = createFloods(policy.chat.flood, { add, hold: () => Promise.resolve() }, () => 0)
  const count = () =>
    floods.count([{ entry: 'kite', category: 'FRAUD', severity: 90, start: 0, end: 4, matched: 'kite', via: [] }])
  count()
  await expect(floods.flush()).rejects.toThrow('away')
  count()
  isAway = false
  await floods.flush()
  expect(sent.map((one) => Object.fromEntries(one))).toEqual([{ 'policy FRAUD kite': 2 }])
})
