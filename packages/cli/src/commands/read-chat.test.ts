import { UsageError } from '../output.js'
import { parseChat } from './read-chat.js'

it('reads lines in order of their stream time, with defaults', () => {
  const text = '{"streamTimeMs":4000,"text":"later","accountId":"a","messageId":"m"}\n\n{"text":"first"}\n'
  expect(parseChat(text, 'c.jsonl')).toEqual([
    { streamTimeMs: 0, text: 'first', accountId: 'viewer', messageId: 'line-3', kind: 'message' },
    { streamTimeMs: 4000, text: 'later', accountId: 'a', messageId: 'm', kind: 'message' },
  ])
})

it.each([
  ['{"text":1}', /c\.jsonl:1: text: /],
  ['{"text":"x"}\nnot json', /c\.jsonl:2: line: /],
  ['{"text":"x","accountId":"../x"}', /c\.jsonl:1: accountId: /],
  ['{"text":"x","streamTimeMs":-1}', /c\.jsonl:1: streamTimeMs: /],
])('names file, line and field of %s', (text, message) => {
  expect(() => parseChat(text, 'c.jsonl')).toThrow(UsageError)
  expect(() => parseChat(text, 'c.jsonl')).toThrow(message)
})
