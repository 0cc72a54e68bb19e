import { buildMatcher, buildMatcherAside, type LexiconEntry } from './index.js'

const entryOf = (word: string): LexiconEntry => ({
  word,
  category: 'SPAM',
  severity: 50,
  match: 'auto',
  variants: 'all',
})
const lexicon = {
  name: 'list',
  version: '1',
  sha256: '',
  entries: [...Array.from({ length: 3_000 }, (_, n) => entryOf(`word${n} of list`)), entryOf('蓝色风筝'), entryOf('❤')],
}

it('builds the same with pauses, and lets other work go on meanwhile', async () => {
  let pauses = 0
  const pause = (): Promise<void> => {
    pauses += 1
    return new Promise((resolve) => setImmediate(resolve))
  }
  const [aside, atOnce] = [await buildMatcherAside([lexicon], pause), buildMatcher([lexicon])]
  expect(pauses).toBeGreaterThan(10)
  for (const text of ['w0rd17 of list', '蓝-色 风*筝', 'fengzheng', 'I ❤ it', 'nothing']) {
    expect(aside.scan(text)).toEqual(atOnce.scan(text))
  }
  expect(aside.scan('蓝色风筝')).toHaveLength(1)
}, 30_000)

it('fails as it does at once', async () => {
  const wrong = { ...lexicon, entries: [entryOf('\u200b')] }
  await expect(buildMatcherAside([wrong], () => Promise.resolve())).rejects.toThrow(RangeError)
}, 30_000)
