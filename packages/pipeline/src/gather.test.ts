import { Gatherer } from './gather.js'

describe('gatherer', () => {
  it('sends together what comes together or meanwhile, and gives each its answer', async () => {
    const sent: number[][] = []
    let release = (): void => undefined
    const gatherer = new Gatherer<number, string>(async (items) => {
      sent.push([...items])
      if (sent.length === 1) await new Promise<void>((resolve) => (release = resolve))
      return items.map((item) => `of ${item}`)
    })
    const first = [gatherer.add(1), gatherer.add(2)]
    while (sent.length === 0) await new Promise((resolve) => setImmediate(resolve))
    const later = [gatherer.add(3), gatherer.add(4)]
    release()
    expect(await Promise.all([...first, ...later])).toEqual(['of 1', 'of 2', 'of 3', 'of 4'])
    expect(sent).toEqual([
      [1, 2],
      [3, 4],
    ])
  })

  it('tells all of a request what it failed with, and goes on', async () => {
    let isBroken = true
    const gatherer = new Gatherer<number, number>((items) =>
      isBroken ? Promise.reject(new Error('away')) : Promise.resolve(items),
    )
    const both = await Promise.allSettled([gatherer.add(1), gatherer.add(2)])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    isBroken = false
    expect(await gatherer.add(3)).toBe(3)
    const short = new Gatherer<number, number>(() => Promise.resolve([]))
    await expect(short.add(1)).rejects.toThrow('0 answers')
  })
})
