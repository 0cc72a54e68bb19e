import { checkOrigin } from './auth.js'

const rejected = expect.objectContaining({ code: 'CSRF_REJECTED' })

it('a request of the page itself, or of what is no browser, passes', () => {
  expect(() => checkOrigin({ headers: { host: 'a:1' } })).not.toThrow()
  expect(() => checkOrigin({ headers: { host: 'a:1', origin: 'http://a:1' } })).not.toThrow()
})

it.each(['http://b:1', 'http://a:2', 'null', ''])('a request from %p is refused', (origin) => {
  expect(() => checkOrigin({ headers: { host: 'a:1', origin } })).toThrow(rejected)
})
