import { engines, uniqueName } from '@streamkeeper/testkit'
import { createCrowds } from './index.js'

const minute = 60_000
const start = 1_700_000_000_000 - (1_700_000_000_000 % minute)

describe('crowds', () => {
  const prefix = `${uniqueName('crowds')}:`
  const options = { url: engines().redis.url, prefix, accounts: 5, withinMs: minute }
  const [crowds, elsewhere] = [createCrowds(options), createCrowds(options)]
  afterAll(() => Promise.all([crowds.close(), elsewhere.close()]))

  const saying = (textKey: string, n: number, at = start + n) => ({
    textKey,
    messageKey: `${textKey}-${n}`,
    account: `viewer-${n}`,
    at,
  })

  it('is one from the account that makes the number full, over all processes', async () => {
    const answers: boolean[] = []
    for (let n = 0; n < 8; n += 1) answers.push(await (n % 2 === 0 ? crowds : elsewhere).isCrowd(saying('a', n)))
    expect(answers).toEqual([false, false, false, false, true, true, true, true])
  })

  it('tells a message again what it told it, whatever was said since', async () => {
    const first: boolean[] = []
    for (let n = 0; n < 8; n += 1) first.push(await crowds.isCrowd(saying('b', n)))
    const again: boolean[] = []
    for (const n of [7, 0, 3, 5, 1, 2, 6, 4]) again[n] = await elsewhere.isCrowd(saying('b', n))
    expect(again).toEqual(first)
  })

  it('does not count one account twice, nor what lies further apart than the window', async () => {
    for (let n = 0; n < 20; n += 1) expect(await crowds.isCrowd({ ...saying('c', n), account: 'the same' })).toBe(false)
    for (let n = 0; n < 20; n += 1) expect(await crowds.isCrowd(saying('d', n, start + n * 3 * minute))).toBe(false)
  })

  it('counts over the edge of a minute', async () => {
    const answers: boolean[] = []
    for (let n = 0; n < 5; n += 1)
      answers.push(await crowds.isCrowd(saying('e', n, start + minute - 2_000 + n * 1_000)))
    expect(answers.at(-1)).toBe(true)
  })

  it('says soon that Redis is away', async () => {
    const away = createCrowds({ ...options, url: 'redis://127.0.0.1:1', commandMs: 200 })
    await expect(away.isCrowd(saying('f', 1))).rejects.toMatchObject({ retriable: true })
    await away.close()
  })
})
