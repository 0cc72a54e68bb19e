import { isRetriable, RetriableError } from '@streamkeeper/pipeline'
import { settle } from '@streamkeeper/testkit'
import { createUnderway } from './underway.js'

const first = { streamId: 's', sequence: 1 }
const open = () => {
  const stop = new AbortController()
  const underway = createUnderway(2)
  return { underway, stop, run: (work: () => Promise<void>) => underway.run(first, stop.signal, work) }
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
