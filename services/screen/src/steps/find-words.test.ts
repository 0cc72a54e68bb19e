import { buildExpressions, buildMatcher, parseLexicon } from '@streamkeeper/text'
import { findWords } from './find-words.js'

const words =
  'word,category,severity,match,variants\nkite,FRAUD,90,auto,all\nduck,birds,50,auto,all\ntiger,cats,60,auto,all\n'
const lexicons = {
  current: {
    matcher: buildMatcher([parseLexicon(words, 'words').lexicon]),
    expressions: buildExpressions([]),
    identity: { name: 'lexicon', version: '1', sha256: 'a'.repeat(64) },
    nextExpiry: null,
  },
}
const box = [
  [0, 0],
  [9, 0],
  [9, 5],
  [0, 5],
] as const

test('a hit for each label, on the piece with the worst word; categories that are no labels are OTHER', () => {
  const pieces = ['a duck', 'a kite', 'a tiger and a duck'].map((text) => ({ text, box }))
  const hits = findWords({ lexicons, holdFrom: 40 }, 'picture-text', pieces)
  expect(hits).toMatchObject([
    { label: 'OTHER', severity: 60, evidence: { matches: [{ category: 'cats' }, { category: 'birds' }] } },
    { label: 'FRAUD', severity: 90, evidence: { text: 'a kite' } },
  ])
})
