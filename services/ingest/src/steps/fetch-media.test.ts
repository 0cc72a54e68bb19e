import { createHash } from 'node:crypto'
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { RetriableError } from '@streamkeeper/pipeline'
import { FakeClock, until } from '@streamkeeper/testkit'
import { bringer, bytes, mediaOf, segmentAt } from '../media/_bring.js'
import { MediaHostError } from '../media/media-host-error.js'
import type { Media } from '../open-media.js'

const host = 'https://media.example.com'
const nobody = () => Promise.reject(new Error('nobody is looked up here'))
const plain = mediaOf({ hosts: ['media.example.com'], buckets: ['media'], resolve: nobody })

/** Hosts that are made to fail: what the network does to them is the matter of fetch-web.test.ts. */
function withWeb(fetchWeb: Media['fetchWeb']) {
  const clock = new FakeClock()
  const asked: string[] = []
  const media: Media = {
    ...plain,
    fetchWeb: (question) => {
      asked.push(question.url.pathname)
      return fetchWeb(question)
    },
  }
  const bring = bringer(media, { timing: clock })
  /** Lets time pass until the segment is settled; says what came of it and how long that took. */
  const settle = async (url: string, streamId = 'room') => {
    const from = clock.now()
    let outcome: Awaited<ReturnType<typeof bring>> | undefined
    void bring(segmentAt(url, { streamId })).then((settled) => (outcome = settled))
    await until(
      async () => {
        if (outcome === undefined) await clock.advance(100)
        return outcome !== undefined
      },
      { what: 'the segment is settled', withinMs: 10_000, everyMs: 0 },
    )
    return { outcome, tookMs: clock.now() - from }
  }
  return { clock, asked, settle }
}

const sound = () => Promise.resolve({ kind: 'ok' as const, value: bytes })
const fails = (about: 'host' | 'media', message: string) => () => Promise.reject(new MediaHostError(message, about))

describe('a host that fails', () => {
  test('is asked again, and what comes in time is taken', async () => {
    let tries = 0
    const { settle } = withWeb(() => ((tries += 1) < 4 ? fails('media', 'answered 503')() : sound()))
    expect((await settle(`${host}/a.ts`)).outcome).toMatchObject({ kind: 'ok', value: { bytes } })
    expect(tries).toBe(4)
  })
  test('is given up after 30 s, with the reason and without the query', async () => {
    const { settle } = withWeb(fails('media', 'answered 503'))
    const { outcome, tookMs } = await settle(`${host}/a.ts?sig=secret`)
    expect(outcome).toEqual({
      kind: 'dlq',
      code: 'MEDIA_MISSING',
      message: `data.url: ${host}/a.ts: answered 503; replay the record when its host is well`,
    })
    expect(tookMs).toBeGreaterThanOrEqual(30_000)
    expect(tookMs).toBeLessThan(31_000)
  })
  test('costs one deadline, then one try each 10 s, and is trusted again by the first that succeeds', async () => {
    let isWell = false
    const { clock, asked, settle } = withWeb(() => (isWell ? sound() : fails('host', 'no connection within 5000 ms')()))
    await settle(`${host}/0.ts`)
    const before = asked.length
    for (const streamId of ['room', 'room', 'other', 'third']) {
      const { outcome, tookMs } = await settle(`${host}/1.ts`, streamId)
      expect(outcome).toMatchObject({ kind: 'dlq', code: 'MEDIA_MISSING' })
      expect(tookMs).toBeLessThan(1_000)
    }
    expect(asked.length).toBe(before + 1)
    await clock.advance(10_000)
    await settle(`${host}/2.ts`)
    expect(asked.length).toBe(before + 2)
    isWell = true
    await clock.advance(10_000)
    expect((await settle(`${host}/3.ts`)).outcome).toMatchObject({ kind: 'ok' })
    expect((await settle(`${host}/4.ts`, 'other')).outcome).toMatchObject({ kind: 'ok' })
  })
  test('by one stream only is well for the others, and one bad segment costs none of the next', async () => {
    const { settle } = withWeb(({ url }) => (url.pathname === '/bad.ts' ? fails('media', 'answered 500')() : sound()))
    await settle(`${host}/bad.ts`, 'room')
    expect((await settle(`${host}/good.ts`, 'other')).outcome).toMatchObject({ kind: 'ok' })
    expect((await settle(`${host}/good.ts`, 'room')).outcome).toMatchObject({ kind: 'ok' })
  })
})

describe('an object of a store', () => {
  const read = (answer: Awaited<ReturnType<Media['objects']['read']>>) =>
    bringer({ ...plain, objects: { ...plain.objects, read: () => Promise.resolve(answer) } })(segmentAt('s3://media/a'))
  test('is taken when it is whole, and refused by name when it is not there', async () => {
    expect(await read({ kind: 'found', bytes })).toMatchObject({ kind: 'ok', value: { bytes } })
    expect(await read({ kind: 'absent', reason: 'NoSuchKey' })).toMatchObject({ code: 'MEDIA_MISSING' })
    expect(await read({ kind: 'refused', reason: 'AccessDenied' })).toMatchObject({ code: 'MEDIA_MISSING' })
    expect(await read({ kind: 'too-large', size: 2 ** 30 })).toMatchObject({ code: 'VALUE_TOO_LARGE' })
  })
  test('is waited for as long as our own store is away', async () => {
    const clock = new FakeClock()
    let isAway = true
    const objects: Media['objects'] = {
      ...plain.objects,
      read: () =>
        isAway ? Promise.reject(new RetriableError('away')) : Promise.resolve({ kind: 'found' as const, bytes }),
    }
    let settled: unknown
    void bringer({ ...plain, objects }, { timing: clock })(segmentAt('s3://media/a')).then((end) => (settled = end))
    await clock.advance(600_000)
    expect(settled).toBeUndefined()
    isAway = false
    await clock.advance(60_000)
    expect(settled).toMatchObject({ kind: 'ok' })
  })
})

describe('a file', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'streamkeeper-media-root-')))
  const at = (name: string): string => pathToFileURL(join(folder, name)).href
  const bring = bringer({ ...plain, rules: { ...plain.rules, mediaRoot: folder } })
  beforeAll(() => {
    writeFileSync(join(folder, 'a.ts'), bytes)
    symlinkSync('/etc/hostname', join(folder, 'link.ts'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  test('under the root is taken; a link out of it, a folder and nothing are refused', async () => {
    expect(await bring(segmentAt(at('a.ts')))).toMatchObject({ kind: 'ok', value: { bytes } })
    expect(await bring(segmentAt(at('link.ts')))).toMatchObject({ code: 'MEDIA_URL_NOT_ALLOWED' })
    expect(await bring(segmentAt(at('')))).toMatchObject({ code: 'MEDIA_URL_NOT_ALLOWED' })
    expect(await bring(segmentAt(at('none.ts')))).toMatchObject({ code: 'MEDIA_MISSING' })
    expect(await bringer(plain)(segmentAt(at('a.ts')))).toMatchObject({ code: 'MEDIA_URL_NOT_ALLOWED' })
  })
})

test('size and digest are checked wherever the bytes come from', async () => {
  const { settle } = withWeb(() => Promise.resolve({ kind: 'ok', value: Buffer.from('short') }))
  expect((await settle(`${host}/a.ts`)).outcome).toMatchObject({ code: 'SIZE_MISMATCH' })
  const other = createHash('sha256').update('other').digest('hex')
  const bring = bringer({ ...plain, fetchWeb: sound })
  expect(await bring(segmentAt(`${host}/a.ts`, { sha256: other }))).toMatchObject({ code: 'DIGEST_MISMATCH' })
})
