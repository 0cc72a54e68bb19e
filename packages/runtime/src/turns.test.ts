import { createTurns } from './turns.js'

/** Work that says its name and ends when it is told. */
function open(most: number) {
  const turns = createTurns(most)
  const begun: string[] = []
  const ends = new Map<string, { resolve: () => void; reject: (error: Error) => void }>()
  const run = (name: string): Promise<string> =>
    turns.run(async () => {
      begun.push(name)
      await new Promise<void>((resolve, reject) => ends.set(name, { resolve, reject }))
      return name
    })
  return { begun, run, ends }
}

test('so much runs at once, and the rest in the order in which it came', async () => {
  const { begun, run, ends } = open(2)
  const all = ['a', 'b', 'c', 'd'].map(run)
  expect(begun).toEqual(['a', 'b'])
  ends.get('b')?.resolve()
  await all[1]
  expect(begun).toEqual(['a', 'b', 'c'])
  for (const name of ['a', 'c']) ends.get(name)?.resolve()
  await Promise.all([all[0], all[2]])
  ends.get('d')?.resolve()
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd'])
})

test('work that fails says so and leaves its place to the next', async () => {
  const { begun, run, ends } = open(1)
  const [one, other] = [run('a'), run('b')]
  ends.get('a')?.reject(new Error('planned'))
  await expect(one).rejects.toThrow('planned')
  expect(begun).toEqual(['a', 'b'])
  ends.get('b')?.resolve()
  await other
  const third = run('c')
  expect(begun).toEqual(['a', 'b', 'c'])
  ends.get('c')?.resolve()
  await third
})
