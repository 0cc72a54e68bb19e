import { shareRuns } from './share-runs.js'

it('gives all who ask at once the same run, and who asks during a run the next one', async () => {
  let runs = 0
  const gates: (() => void)[] = []
  const ask = shareRuns(async () => {
    const run = (runs += 1)
    await new Promise<void>((open) => gates.push(open))
    return run
  })
  const first = [ask(), ask(), ask()]
  await new Promise(setImmediate)
  expect(runs).toBe(1)
  const second = [ask(), ask()]
  await new Promise(setImmediate)
  expect(runs).toBe(1)
  gates[0]?.()
  expect(await Promise.all(first)).toEqual([1, 1, 1])
  await new Promise(setImmediate)
  gates[1]?.()
  expect(await Promise.all(second)).toEqual([2, 2])
})

it('a run that fails fails those who shared it, and no later one', async () => {
  let runs = 0
  const ask = shareRuns(async () => {
    await Promise.resolve()
    runs += 1
    if (runs === 1) throw new Error('away')
    return runs
  })
  const first = await Promise.allSettled([ask(), ask()])
  expect(first.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await ask()).toBe(2)
})
