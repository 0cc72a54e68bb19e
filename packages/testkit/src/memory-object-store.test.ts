import { RetriableError } from '@streamkeeper/pipeline'
import { describeObjectStore } from './contract-suites/object-store.js'
import { MemoryObjectStore } from './memory-object-store.js'

describeObjectStore('memory', {
  makeStore: async () => {
    const store = new MemoryObjectStore()
    return { store, cleanup: () => store.close() }
  },
  locks: true,
})

describe('the faults of the memory store', () => {
  it('is away while it is told so', async () => {
    const store = new MemoryObjectStore()
    store.faults.away = true
    await expect(store.get('a')).rejects.toBeInstanceOf(RetriableError)
    store.faults.away = false
    expect(await store.get('a')).toBeNull()
  })

  it('stores and loses the answer', async () => {
    const store = new MemoryObjectStore()
    store.faults.ambiguousPuts = 1
    const put = () => store.put('a', Buffer.from('x'), { contentType: 'text/plain', ifAbsent: true })
    await expect(put()).rejects.toBeInstanceOf(RetriableError)
    expect(await put()).toEqual({ outcome: 'already-exists' })
    expect(await store.versions('a')).toHaveLength(1)
  })
})
