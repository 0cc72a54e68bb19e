import type { Rule } from '@streamkeeper/contracts'
import fc from 'fast-check'
import { evaluateRules, isKnownFiring, lookBackMs, type PolicySignal } from './index.js'

const rule = (change: Partial<Rule> = {}): Rule => ({
  id: 'r',
  label: 'FRAUD',
  lanes: ['chat'],
  minScore: 0.5,
  hits: 3,
  windowMs: 100,
  cooldownMs: 50,
  severity: 70,
  deadlineMs: 1000,
  textForStreamer: 't',
  textsForStreamer: {},
  ...change,
})
const hit = (atMs: number, change: Partial<PolicySignal> = {}): PolicySignal => ({
  signalId: `s${atMs}`,
  lane: 'chat',
  label: 'FRAUD',
  score: 0.9,
  atMs,
  shadow: false,
  ...change,
})
const times = (rules: Rule[], signals: PolicySignal[]) => evaluateRules(rules, signals).map((firing) => firing.atMs)

describe('evaluateRules', () => {
  it('fires at the hit that completes the window, and not while quiet', () => {
    expect(times([rule()], [hit(0), hit(10), hit(20), hit(30), hit(69), hit(70)])).toEqual([20, 70])
  })
  it('leaves out what lies just outside of the window', () => {
    expect(times([rule()], [hit(0), hit(50), hit(100)])).toEqual([])
    expect(times([rule()], [hit(1), hit(50), hit(100)])).toEqual([100])
  })
  it('counts no other label, lane, lower score or shadow', () => {
    const others = [
      hit(1, { label: 'SPAM' }),
      hit(2, { lane: 'picture' }),
      hit(3, { score: 0.49 }),
      hit(4, { shadow: true }),
    ]
    expect(times([rule({ hits: 1 })], others)).toEqual([])
    expect(times([rule({ hits: 1 })], [...others, hit(5)])).toEqual([5])
  })
  it('counts what is held back for the record nowhere, and a sample only in firings of their own', () => {
    const sample = (atMs: number) => hit(atMs, { heldBack: 'sample' })
    const told = (all: PolicySignal[]) =>
      evaluateRules([rule({ hits: 2 })], all).map(({ ruleId, ofSamples, atMs, hits }) => [
        ruleId,
        ofSamples,
        atMs,
        hits,
      ])
    expect(told([hit(1, { heldBack: 'record' }), hit(2, { heldBack: 'record' }), hit(3)])).toEqual([])
    expect(told([hit(1), sample(2)])).toEqual([['r#samples', true, 2, ['s1', 's2']]])
    // Two of another source come while the rule is quiet after samples: they fire as if there were none.
    expect(told([sample(1), sample(2), hit(3), hit(4)])).toEqual([
      ['r#samples', true, 2, ['s1', 's2']],
      ['r', false, 4, ['s3', 's4']],
    ])
  })
  it('fires without samples as if there were none', () => {
    const marked = fc.array(fc.tuple(fc.nat(400), fc.constantFrom(undefined, 'sample' as const, 'record' as const)))
    fc.assert(
      fc.property(marked, (all) => {
        const hits = all.map(([atMs, heldBack], n) => hit(atMs, { signalId: `s${n}`, heldBack }))
        const own = evaluateRules([rule()], hits).filter(({ ofSamples }) => !ofSamples)
        const free = hits.filter(({ heldBack }) => heldBack === undefined)
        expect(own).toEqual(evaluateRules([rule()], free))
      }),
    )
  })
  it('takes a firing of samples for no firing of the rule itself', () => {
    const [ofSamples] = evaluateRules([rule({ hits: 1 })], [hit(10, { heldBack: 'sample' })])
    const [own] = evaluateRules([rule({ hits: 1 })], [hit(20)])
    if (ofSamples === undefined || own === undefined) throw new Error('both fire')
    expect(isKnownFiring(own, [ofSamples])).toBe(false)
    expect(isKnownFiring(ofSamples, [ofSamples])).toBe(true)
  })
  const signals = fc
    .array(
      fc.record({
        atMs: fc.nat(400),
        score: fc.constantFrom(0.4, 0.9),
        lane: fc.constantFrom('chat' as const, 'picture' as const),
      }),
      { maxLength: 30 },
    )
    .map((all) => all.map((one, index) => hit(one.atMs, { ...one, signalId: `s${index}` })))
  it('gives the same firings in whatever order the lanes arrive', () => {
    fc.assert(
      fc.property(signals, fc.func(fc.nat()), (all, order) => {
        const shuffled = all.toSorted((a, b) => order(a.signalId) - order(b.signalId))
        expect(evaluateRules([rule(), rule({ id: 'q', hits: 1 })], shuffled)).toEqual(
          evaluateRules([rule(), rule({ id: 'q', hits: 1 })], all),
        )
      }),
    )
  })
  it('never fires twice within a cool-down, never without enough hits in the window', () => {
    fc.assert(
      fc.property(signals, (all) => {
        const firings = evaluateRules([rule()], all)
        for (const [index, firing] of firings.entries()) {
          expect(firing.hits.length).toBeGreaterThanOrEqual(3)
          const found = all.filter((one) => firing.hits.includes(one.signalId))
          expect(found.every((one) => one.atMs > firing.atMs - 100 && one.atMs <= firing.atMs)).toBe(true)
          const before = firings[index - 1]
          if (before !== undefined) expect(firing.atMs - before.atMs).toBeGreaterThanOrEqual(50)
        }
      }),
    )
  })
  it('a late hit that moves a firing is not a new one', () => {
    const known = evaluateRules([rule()], [hit(10), hit(20), hit(30)]).map((firing) => ({
      ruleId: firing.rule.id,
      atMs: firing.atMs,
    }))
    const again = evaluateRules([rule()], [hit(5), hit(10), hit(20), hit(30)])
    expect(again.map((firing) => firing.atMs)).toEqual([20])
    expect(again.every((firing) => isKnownFiring(firing, known))).toBe(true)
  })
  it('looks back far enough for the longest rule', () => {
    expect(lookBackMs([rule(), rule({ windowMs: 1000 })], 20)).toBe(1090)
  })
})
