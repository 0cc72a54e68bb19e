import { isRetriable, RetriableError } from '@streamkeeper/pipeline'
import { createUnderway } from './underway.js'

const first = { streamId: 's', sequence: 1 }
const open = () => {
  const stop = new AbortController()
  const underway = createUnderway()
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
