import fc from 'fast-check'
import { recordLogs } from './_test-parts.js'
import { scrubText } from './scrub.js'

describe('logger', () => {
  it('writes level, time, name, message and fields', () => {
    const { logger, lines } = recordLogs()
    logger.info({ topic: 'live.chat', offset: 12n }, 'record taken')
    expect(lines[0]).toMatchObject({
      level: 'info',
      name: 'test',
      msg: 'record taken',
      topic: 'live.chat',
      offset: '12',
    })
    expect(String(lines[0]?.['time'])).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  })

  it.each([
    ['password', { password: 'hunter2' }],
    ['a nested header', { request: { headers: { authorization: 'hunter2', cookie: 'hunter2' } } }],
    ['a list', { users: [{ clientSecret: 'hunter2' }] }],
    ['a url', { url: 'postgres://user:hunter2@host/db' }],
    ['a password with @', { url: 'redis://:p@hunter2@host' }],
    ['a bearer token in text', { note: 'sent Bearer hunter2hunter2' }],
    ['a signed query', { url: 'https://s3/x?X-Amz-Signature=hunter2&x=1' }],
    ['an error', { err: new Error('cannot reach amqp://u:hunter2@h') }],
    ['a cause', { err: new Error('no', { cause: Object.assign(new Error('no'), { password: 'hunter2' }) }) }],
  ])('keeps a secret out: %s', (_, fields) => {
    const { logger, lines } = recordLogs()
    logger.warn(fields, 'seen')
    logger.child(fields).warn({}, 'seen by child')
    expect(lines).toHaveLength(2)
    expect(JSON.stringify(lines)).not.toContain('hunter2')
  })

  it('keeps a secret out of the message', () => {
    const { logger, lines } = recordLogs()
    logger.error(new Error('away: redis://u:hunter2@h'))
    expect(JSON.stringify(lines)).not.toContain('hunter2')
  })

  it('gives errors with stack, code and cause', () => {
    const { logger, lines } = recordLogs()
    const cause = new TypeError('inner')
    logger.error({ err: Object.assign(new Error('outer', { cause }), { code: 'E1' }) }, 'failed')
    expect(lines[0]?.['err']).toMatchObject({
      type: 'Error',
      message: 'outer',
      code: 'E1',
      stack: expect.stringContaining('logger.test'),
      cause: { type: 'TypeError', message: 'inner' },
    })
  })

  it('survives what goes in circles', () => {
    const { logger, lines } = recordLogs()
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    logger.info({ circle }, 'seen')
    expect(lines).toHaveLength(1)
  })

  it('leaves a line JSON whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.json(), (text, json) => {
        const { logger, lines } = recordLogs()
        logger.info({ text: `x://${text}@ bearer ${text} ?token=${text}`, json: JSON.parse(json) as unknown }, 'seen')
        return lines.length === 1
      }),
    )
  })
})

describe('scrubText', () => {
  it('leaves harmless text alone', () => {
    const text = 'https://host/@user and mail a@b.c at basic level'
    expect(scrubText(text)).toBe(text)
  })
})
