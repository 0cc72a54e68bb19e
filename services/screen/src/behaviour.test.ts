import type { TextMatch } from '@streamkeeper/contracts'
import { RetriableError } from '@streamkeeper/pipeline'
import { createBehaviour, judgeNewAccount } from './behaviour.js'

const rules = {
  rate: { messages: 5, withinMs: 5_000, severity: 42 },
  repeats: { messages: 3, withinMs: 60_000, minLength: 6, severity: 43 },
  crowd: { accounts: 10, withinMs: 60_000, minLength: 8, severity: 44 },
  newAccountLinks: { accountAgeMs: 86_400_000, severity: 45 },
}
const chat = {
  streamId: 's',
  messageId: 'm',
  accountId: 'a',
  text: 'come to my shop',
  kind: 'message' as const,
  sentAt: '2026-01-02T00:00:00.000Z',
  receivedAt: '2026-01-02T00:00:00.000Z',
  origin: { topic: 't', partition: 0, offset: '0', id: 'i', source: '/s', brokerAt: '2026-01-02T00:00:00.000Z' },
}
const quiet = { before: [], activity: { sent: 1, same: 1 }, gistLength: 12, textKey: () => 'k' }
const judge = (isCrowd: () => Promise<boolean>, remembered: Partial<typeof quiet> = {}, deadlineMs = 1_000) =>
  createBehaviour({ rules, crowds: { isCrowd }, deadlineMs }).judge(chat, { ...quiet, ...remembered })
const no = (): Promise<boolean> => Promise.resolve(false)
const names = ({ matches }: { readonly matches: readonly TextMatch[] }): string[] => matches.map(({ entry }) => entry)

test('nothing is said of a quiet account', async () => {
  expect(await judge(no)).toEqual({ matches: [], missing: null })
})

test('rate, repeats and crowd are hits on the whole message, of the severity of their rules', async () => {
  const found = await judge(() => Promise.resolve(true), { activity: { sent: 5, same: 3 } })
  expect(names(found)).toEqual(['behaviour.rate', 'behaviour.repeats', 'behaviour.crowd'])
  expect(found.matches.map(({ severity }) => severity)).toEqual([42, 43, 44])
  for (const { start, end, matched } of found.matches) expect(chat.text.slice(start, end)).toBe(matched)
})

test('short texts may be repeated, by one and by many, without anybody being asked', async () => {
  let asked = 0
  const found = await judge(() => ((asked += 1), Promise.resolve(true)), {
    activity: { sent: 4, same: 9 },
    gistLength: 3,
  })
  expect(found).toEqual({ matches: [], missing: null })
  expect(asked).toBe(0)
})

test('counts that are away or late are missing, and what the process knows itself is said all the same', async () => {
  const activity = { sent: 9, same: 1 }
  const away = await judge(() => Promise.reject(new RetriableError('away')), { activity })
  const late = await judge(() => new Promise(() => undefined), { activity }, 20)
  for (const found of [away, late]) {
    expect(found.missing).toBe('counts-missing')
    expect(names(found)).toEqual(['behaviour.rate'])
  }
  await expect(judge(() => Promise.reject(new TypeError('a bug')))).rejects.toThrow('a bug')
})

test('a link of a new account is a hit at the place of the link, when the platform tells how old the account is', () => {
  const link: TextMatch = {
    entry: 'domain.spelled',
    category: 'SPAM',
    severity: 30,
    start: 3,
    end: 9,
    matched: 'x.test',
    via: [],
  }
  const word: TextMatch = { ...link, entry: 'kite' }
  const made = (at: string) => ({ ...chat, accountCreatedAt: at })
  const [young, old] = [made('2026-01-01T12:00:00Z'), made('2026-01-01T00:00:00Z')]
  expect(judgeNewAccount(rules, young, [word, link])).toMatchObject([
    { entry: 'behaviour.new-account-link', severity: 45, start: 3, end: 9 },
  ])
  expect(judgeNewAccount(rules, young, [word])).toEqual([])
  expect(judgeNewAccount(rules, old, [link])).toEqual([])
  expect(judgeNewAccount(rules, chat, [link])).toEqual([])
  expect(judgeNewAccount({}, young, [link])).toEqual([])
})
