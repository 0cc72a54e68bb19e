import { readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import { buildMatcher, demoLexiconUrl, parseLexicon } from '@streamkeeper/text'
import { chatLine, plain, planted } from './chat-lines.js'

const matcher = buildMatcher([parseLexicon(readFileSync(demoLexiconUrl, 'utf8'), 'demo').lexicon])

it.each(planted)('%j holds a word of the demo lexicon', (text) => {
  expect(matcher.scan(text)).not.toEqual([])
})

it.each(plain)('%j holds none', (text) => {
  expect(matcher.scan(text)).toEqual([])
})

it('says every line in turn, one in 60 a planted one, by many accounts', () => {
  const lines = Array.from({ length: 60 * planted.length }, (_, n) => chatLine(n))
  const said = lines.map(({ text }) => text)
  for (const text of [...plain, ...planted]) expect(said).toContain(text)
  expect(said.filter((text) => (planted as readonly string[]).includes(text))).toHaveLength(planted.length)
  expect(new Set(lines.map(({ accountId }) => accountId)).size).toBeGreaterThan(200)
})
