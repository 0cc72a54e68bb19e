import { buildMatcher, parseLexicon, RecentMessages, scanLine, verdictWithoutPolicy } from './index.js'

const csv =
  'word,category,severity,match,variants\nblue kite,FRAUD,90,auto,all\nlantern,SPAM,40,auto,all\nduck,VULGAR,39,auto,all'
const matcher = buildMatcher([parseLexicon(csv, 'list').lexicon])
const scan = (value: unknown) =>
  scanLine(matcher, typeof value === 'string' ? value : JSON.stringify(value), { line: 7 })

describe('scanLine', () => {
  it('answers with verdict and places', () => {
    expect(scan({ id: 'm1', text: 'a Blue kite', account: 'a1', time: '2026-01-01T00:00:00+08:00' })).toMatchObject({
      id: 'm1',
      verdict: 'block',
      matches: [
        { entry: 'blue kite', start: 2, end: 11, matched: 'Blue kite', via: ['case'], lexicon: { name: 'list' } },
      ],
    })
    expect(scan({ id: 'm2', text: '' })).toEqual({ id: 'm2', verdict: 'allow', matches: [] })
  })
  it.each([
    ['broken JSON', '{"id":', 'INVALID_JSON', /./],
    ['an empty line', '', 'INVALID_JSON', /./],
    ['a list', '[]', 'INVALID_EVENT', /object/],
    ['null', 'null', 'INVALID_EVENT', /object/],
    ['no id', { text: 'x' }, 'INVALID_EVENT', /^id/],
    ['a number as id', { id: 5, text: 'x' }, 'INVALID_EVENT', /^id/],
    ['an id with a slash', { id: '../x', text: 'x' }, 'INVALID_ID', /^id/],
    ['no text', { id: 'm' }, 'INVALID_EVENT', /^text/],
    ['a text of 10,001', { id: 'm', text: 'x'.repeat(10_001) }, 'TEXT_TOO_LONG', /10000/],
    ['a wrong account', { id: 'm', text: 'x', account: 1 }, 'INVALID_EVENT', /^account/],
    ['a time without offset', { id: 'm', text: 'x', time: '2026-01-01T00:00:00' }, 'INVALID_EVENT', /^time/],
  ])('refuses %s by line and code', (_, value, code, message) => {
    expect(scan(value)).toEqual({ line: 7, error: { code, message: expect.stringMatching(message) as string } })
  })
  it('passes over a byte order mark before the first line, and there alone', () => {
    const source = '\ufeff{"id":"m","text":"kite"}'
    expect(scanLine(matcher, source, { line: 1 })).toEqual({ id: 'm', verdict: 'allow', matches: [] })
    expect(scanLine(matcher, source, { line: 2 })).toMatchObject({ error: { code: 'INVALID_JSON' } })
  })
  it('reads the lines of an account together, within 15 s', () => {
    const recent = new RecentMessages()
    const say = (text: string, account: string | undefined, second: number) =>
      scanLine(
        matcher,
        JSON.stringify({ id: 'm', text, account, time: `2026-01-01T00:00:${String(second).padStart(2, '0')}Z` }),
        { line: 1, recent },
      )
    expect(say('blue', 'a', 0)).toMatchObject({ verdict: 'allow' })
    expect(say('kite', 'b', 1)).toMatchObject({ verdict: 'allow' })
    expect(say('kite', undefined, 1)).toMatchObject({ verdict: 'allow' })
    expect(say(' kite', 'a', 2)).toMatchObject({
      verdict: 'block',
      matches: [{ entry: 'blue kite', start: 1, end: 5, matched: 'kite', via: ['split'] }],
    })
    expect(say('blue', 'c', 3)).toMatchObject({ verdict: 'allow' })
    expect(say('kite', 'c', 30)).toMatchObject({ verdict: 'allow' })
  })
  it('takes a text of 10,000 and the verdict of a policy', () => {
    for (const character of ['x', '😀']) {
      expect(scan({ id: 'm', text: character.repeat(10_000) })).toMatchObject({ verdict: 'allow' })
    }
    const judged = (lines: object) => scanLine(matcher, '{"id":"m","text":"duck"}', { line: 1, ...lines })
    expect(judged({ holdFrom: 10, blockFrom: 39 })).toMatchObject({ verdict: 'block' })
    expect(judged({ holdFrom: 39 })).toMatchObject({ verdict: 'hold' })
    expect(judged({})).toMatchObject({ verdict: 'allow' })
  })
  it.each([
    [[], 'allow'],
    [[39], 'allow'],
    [[40], 'hold'],
    [[0, 79, 5], 'hold'],
    [[80], 'block'],
    [[100, 0], 'block'],
  ] as const)('without a policy severities %j give %s', (severities, verdict) => {
    expect(verdictWithoutPolicy(severities.map((severity) => ({ severity })))).toBe(verdict)
  })
})
