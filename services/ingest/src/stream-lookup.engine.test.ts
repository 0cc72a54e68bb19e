import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { endStream, openScratchDatabase, startStream, type OpenScratchDatabase } from '@streamkeeper/database'
import { engines } from '@streamkeeper/testkit'
import { createStreamLookup } from './stream-lookup.js'

const noon = new Date('2026-01-01T12:00:00Z')
let opened: OpenScratchDatabase
let clock = 0

beforeAll(async () => {
  opened = await openScratchDatabase(engines().postgres.url, 2)
})
afterAll(() => opened.close())

async function start(streamId: string): Promise<void> {
  const start = {
    streamId,
    streamer: { accountId: 'a' },
    title: 'Title',
    class: 'game' as const,
    ingest: { address: '192.0.2.1', port: 1935 },
    startedAt: noon.toISOString(),
  }
  const origin = { topic: 'live.sessions', partition: 0, offset: BigInt(streamId.length), brokerAt: noon.getTime() }
  await startStream(opened.database, { start, origin })
}

test('what is asked for together is one query, and a live stream is remembered for a moment', async () => {
  await start('one')
  await start('other')
  const query = jest.spyOn(opened.database.pool, 'query')
  const lookup = createStreamLookup(opened.database, () => clock)
  const find = async (...ids: string[]) =>
    (await Promise.all(ids.map((id) => lookup.find(id)))).map((row) => row?.streamId)
  expect(await find('one', 'other', 'one', 'none')).toEqual(['one', 'other', 'one', undefined])
  expect(query).toHaveBeenCalledTimes(1)
  expect(await find('one', 'other')).toEqual(['one', 'other'])
  expect(query).toHaveBeenCalledTimes(1)
  // What is not started may be so at any time.
  expect(await find('none')).toEqual([undefined])
  expect(query).toHaveBeenCalledTimes(2)
  clock += 500
  expect(await find('one')).toEqual(['one'])
  expect(query).toHaveBeenCalledTimes(3)
  query.mockRestore()
})

test('a stream that ended here is known as ended at once, also when it was being looked up meanwhile', async () => {
  await start('ending')
  const lookup = createStreamLookup(opened.database, () => clock)
  expect((await lookup.find('ending'))?.state).toBe('live')
  clock += 500
  const early = lookup.find('ending')
  const ended = { streamId: 'ending', endedAt: noon, reason: 'normal' as const, brokerAt: noon }
  await endStream(opened.database, ended)
  lookup.forget('ending')
  await early
  expect((await lookup.find('ending'))?.state).toBe('ended')
  expect((await lookup.find('ending'))?.endedAt).toEqual(noon)
})
