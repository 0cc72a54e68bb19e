import { createGate } from './create-gate.js'

it('runs so many at once, lets so many wait, and refuses the rest by name', async () => {
  const gate = createGate({ running: 2, waiting: 3 })
  const ends: (() => void)[] = []
  let [running, most] = [0, 0]
  const work = async (): Promise<void> => {
    running += 1
    most = Math.max(most, running)
    await new Promise<void>((resolve) => ends.push(resolve))
    running -= 1
  }
  const all = Array.from({ length: 7 }, () =>
    gate(work).then(
      () => 'done',
      (error: unknown) => (error as { code: string }).code,
    ),
  )
  for (let done = 0; done < 5; done += 1) {
    while (ends.length <= done) await Promise.resolve()
    ends[done]?.()
  }
  expect(await Promise.all(all)).toEqual(['done', 'done', 'done', 'done', 'done', 'RATE_LIMITED', 'RATE_LIMITED'])
  expect(most).toBe(2)
})

it('gives the place back when the work fails', async () => {
  const gate = createGate({ running: 1, waiting: 0 })
  await expect(gate(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await gate(() => Promise.resolve('yes'))).toBe('yes')
})
