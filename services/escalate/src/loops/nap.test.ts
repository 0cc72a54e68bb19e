import { getEventListeners } from 'node:events'
import { createNap } from './nap.js'

const long = 60_000

it('ends by itself, and leaves nothing on the signal: the relay naps ten times a second for months', async () => {
  const { signal } = new AbortController()
  const nap = createNap(1)
  for (let round = 0; round < 50; round += 1) await nap.sleep(signal)
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})

it('is ended by a wake, also by one that came before the pause', async () => {
  const { signal } = new AbortController()
  const nap = createNap(long)
  const asleep = nap.sleep(signal)
  nap.wake()
  await asleep
  nap.wake()
  await nap.sleep(signal)
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})

it('a wake ends one pause, not the next', async () => {
  const { signal } = new AbortController()
  const nap = createNap(20)
  nap.wake()
  await nap.sleep(signal)
  const from = performance.now()
  await nap.sleep(signal)
  expect(performance.now() - from).toBeGreaterThan(15)
})

it('is ended by the stop', async () => {
  const stop = new AbortController()
  const nap = createNap(long)
  const asleep = nap.sleep(stop.signal)
  stop.abort()
  await asleep
  await nap.sleep(stop.signal)
})
