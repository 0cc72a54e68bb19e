import { engines, uniqueName } from '@streamkeeper/testkit'
import { createEntryHits } from './index.js'

const day = 24 * 60 * 60 * 1000
const noon = Date.UTC(2026, 0, 15, 12)

describe('hits of entries', () => {
  const options = { url: engines().redis.url, topicPrefix: `${uniqueName('hits')}.` }
  const [hits, elsewhere] = [createEntryHits(options), createEntryHits(options)]
  afterAll(() => Promise.all([hits.close(), elsewhere.close()]))

  it('are counted by day, by all processes together', async () => {
    await hits.add(new Map([['words FRAUD 蓝色风筝', 3]]), noon)
    await elsewhere.add(
      new Map([
        ['words FRAUD 蓝色风筝', 2],
        ['words SPAM x', 1],
      ]),
      noon,
    )
    await hits.add(new Map([['words SPAM x', 5]]), noon - day)
    await hits.add(new Map(), noon)
    expect(Object.fromEntries(await hits.count(1, noon))).toEqual({ 'words FRAUD 蓝色风筝': 5, 'words SPAM x': 1 })
    expect((await hits.count(7, noon)).get('words SPAM x')).toBe(6)
  })

  it('an entry is held back for its time, and longer when it is said again', async () => {
    await hits.hold(['a', 'b'], noon + 1_000)
    await elsewhere.hold(['b'], noon + 5_000)
    expect([...(await hits.held(noon))].toSorted()).toEqual(['a', 'b'])
    expect(await hits.held(noon + 1_000)).toEqual(['b'])
    expect(await hits.held(noon + 6_000)).toEqual([])
  })

  it('what is held back in pictures is not in chat', async () => {
    await hits.hold(['nsfw SEX_EXPLICIT'], noon + 1_000, 'pictures')
    expect(await elsewhere.held(noon, 'pictures')).toEqual(['nsfw SEX_EXPLICIT'])
    expect(await elsewhere.held(noon)).toEqual([])
    expect(await elsewhere.held(noon + 1_000, 'pictures')).toEqual([])
  })

  it('what was said first of a message stays', async () => {
    expect(await hits.keepFirst('s\0m', 'held')).toBe('held')
    expect(await elsewhere.keepFirst('s\0m', 'free')).toBe('held')
    expect(await hits.keepFirst('s\0n', 'free')).toBe('free')
  })
})
