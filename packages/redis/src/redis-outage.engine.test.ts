import { PrivateRedis, until } from '@streamkeeper/testkit'
import { createMarks } from './index.js'

const hour = 3_600_000

describe('marks when Redis is away', () => {
  const server = new PrivateRedis()
  beforeAll(() => server.start())
  afterAll(() => server.remove())

  it('fails within its time, as retriable, and recovers by itself with what was there', async () => {
    const marks = createMarks({ url: server.url, prefix: 'p' })
    await marks.set([{ id: 'a', value: '1' }], hour)
    await server.stop('SIGTERM')
    const begun = performance.now()
    await expect(marks.get(['a'])).rejects.toMatchObject({ name: 'RetriableError', retriable: true })
    await expect(marks.set([{ id: 'b', value: '1' }], hour)).rejects.toMatchObject({ name: 'RetriableError' })
    await expect(marks.ping()).rejects.toMatchObject({ name: 'RetriableError' })
    expect(performance.now() - begun).toBeLessThan(10_000)
    await server.start()
    await until(() => marks.get(['a', 'b']).catch(() => null), { what: 'the marks are back', withinMs: 10_000 })
    expect(await marks.get(['a', 'b'])).toEqual(['1', null])
    await marks.close()
  }, 30_000)

  it('gives up on a server that is connected and silent', async () => {
    const marks = createMarks({ url: server.url, prefix: 'p' })
    await marks.ping()
    server.signal('SIGSTOP')
    await expect(marks.get(['a'])).rejects.toMatchObject({ name: 'RetriableError' })
    server.signal('SIGCONT')
    await until(() => marks.ping().then(() => true), { what: 'it answers again', withinMs: 10_000 })
    await marks.close()
  }, 30_000)

  it('may be made before the server is there', async () => {
    await server.stop('SIGKILL')
    const marks = createMarks({ url: server.url, prefix: 'p' })
    await expect(marks.ping()).rejects.toMatchObject({ name: 'RetriableError' })
    await server.start()
    await until(() => marks.ping().then(() => true), { what: 'it answers', withinMs: 10_000 })
    await marks.close()
  }, 30_000)
})
