import { engines, uniqueName } from '@streamkeeper/testkit'
import { createMarks } from './index.js'

describe('marks', () => {
  const marks = createMarks({ url: engines().redis.url, prefix: `${uniqueName('marks')}:` })
  afterAll(() => marks.close())

  it('keeps a note under any id, for its time', async () => {
    await marks.set(
      [
        { id: '晚风\0x', value: 'a|1' },
        { id: 'b', value: 'b|2' },
      ],
      60_000,
    )
    expect(await marks.get(['b', 'none', '晚风\0x'])).toEqual(['b|2', null, 'a|1'])
    expect(await marks.get([])).toEqual([])
    await marks.set([{ id: 'short', value: 'x' }], 1)
    for (let found: unknown = 'x'; found !== null;) [found] = await marks.get(['short'])
  })
  it('keeps installations apart by their prefix', async () => {
    const other = createMarks({ url: engines().redis.url, prefix: `${uniqueName('other')}:` })
    await marks.set([{ id: 'same', value: 'mine' }], 60_000)
    expect(await other.get(['same'])).toEqual([null])
    await other.close()
  })
  it('says soon that Redis is away', async () => {
    const away = createMarks({ url: 'redis://127.0.0.1:1', prefix: 'x' })
    const startedAt = Date.now()
    await expect(away.ping()).rejects.toMatchObject({ retriable: true })
    await expect(away.get(['a'])).rejects.toMatchObject({ retriable: true })
    expect(Date.now() - startedAt).toBeLessThan(15_000)
    await away.close()
  })
})
