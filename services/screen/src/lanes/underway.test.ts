import { isRetriable, RetriableError } from '@streamkeeper/pipeline'
import { settle } from '@streamkeeper/testkit'
import type { Once } from './once.js'
import { createUnderway } from './underway.js'

const first = { streamId: 's', sequence: 1 }
const open = () => {
  const stop = new AbortController()
  const underway = createUnderway({ most: 2, forget: () => Promise.resolve() })
  return { underway, stop, run: (work: (once: Once) => Promise<void>) => underway.run(first, stop.signal, work) }
}
const away = (): Promise<void> => Promise.reject(new RetriableError('away'))
const isStillToCome = (underway: ReturnType<typeof createUnderway>): Promise<boolean> =>
  underway.settled('s').then(() => false, isRetriable)

it('waits for what runs, also when that fails for good', async () => {
  const { underway, run } = open()
  const order: string[] = []
  let finish = (): void => undefined
  const running = run(() => new Promise<void>((resolve) => (finish = resolve))).then(() => order.push('segment'))
  const end = underway.settled('s').then(() => order.push('end'))
  await underway.settled('another')
  finish()
  await Promise.all([running, end])
  expect(order).toEqual(['segment', 'end'])
  await expect(run(() => Promise.reject(new Error('poison')))).rejects.toThrow('poison')
  expect(await isStillToCome(underway)).toBe(false)
})

it('a segment that will be tried again is to come until it was done', async () => {
  const { underway, run } = open()
  await expect(run(away)).rejects.toThrow('away')
  expect(await isStillToCome(underway)).toBe(true)
  await run(() => Promise.resolve())
  expect(await isStillToCome(underway)).toBe(false)
})

it('what another process does now holds up nothing here', async () => {
  const { underway, run, stop } = open()
  await expect(run(away)).rejects.toThrow('away')
  stop.abort()
  expect(await isStillToCome(underway)).toBe(false)
})

it('a stream has room for so many at once, and another stream for its own', async () => {
  const { underway, stop } = open()
  const ends: (() => void)[] = []
  const begin = (sequence: number): Promise<void> =>
    underway.run({ streamId: 's', sequence }, stop.signal, () => new Promise((resolve) => ends.push(resolve)))
  const room = async (streamId: string): Promise<boolean> => {
    const found = underway.room(streamId).then(() => true)
    return Promise.race([found, settle().then(() => false)])
  }
  const all = [begin(1)]
  expect(await room('s')).toBe(true)
  all.push(begin(2))
  expect([await room('s'), await room('another')]).toEqual([false, true])
  const later = underway.room('s')
  ends[0]?.()
  await later
  ends[1]?.()
  await Promise.all(all)
})

it('what failed and comes again keeps its place, until it does not come any more', async () => {
  const { underway, run, stop } = open()
  await expect(run(away)).rejects.toThrow('away')
  const second = new AbortController()
  await expect(underway.run({ streamId: 's', sequence: 2 }, second.signal, away)).rejects.toThrow('away')
  let isFree = false
  const free = underway.room('s').then(() => (isFree = true))
  await settle()
  expect(isFree).toBe(false)
  await run(() => Promise.resolve())
  await free
  stop.abort()
  second.abort()
  await underway.room('s')
})

it('what was done once is not done again, but for what failed', async () => {
  const { run } = open()
  const done: string[] = []
  let isAway = true
  const work: Parameters<typeof run>[0] = async (once) => {
    done.push(await once('first', async () => (done.push('do'), 'given')))
    await once('second', () => (isAway ? away() : Promise.resolve()))
  }
  await expect(run(work)).rejects.toThrow('away')
  isAway = false
  await run(work)
  expect(done).toEqual(['do', 'given', 'given'])
  await run(work)
  expect(done).toEqual(['do', 'given', 'given', 'do', 'given'])
})

it('a stream that went away in the middle is forgotten before anything of it begins again, after its last work ended', async () => {
  const order: string[] = []
  const forget = async (streamId: string): Promise<void> => void order.push(`forget ${streamId}`)
  const underway = createUnderway({ most: 2, forget })
  const stay = new AbortController()
  let fail: (error: Error) => void = () => undefined
  const left = underway.run(first, stay.signal, (once) =>
    once('step', () => new Promise((_, reject) => (fail = reject))),
  )
  stay.abort()
  const next = new AbortController()
  const again = underway.run(first, next.signal, async (once) => once('step', async () => void order.push('again')))
  await settle()
  expect(order).toEqual([])
  fail(new RetriableError('away'))
  await expect(left).rejects.toThrow('away')
  await again
  expect(order).toEqual(['forget s', 'again'])
})
