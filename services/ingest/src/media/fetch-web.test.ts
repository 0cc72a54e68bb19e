import { gzipSync } from 'node:zlib'
import { until } from '@streamkeeper/testkit'
import { createAddressRules } from './address-rules.js'
import { createFetchWeb, type FetchWeb } from './fetch-web.js'
import { honey, makeKeys, startHost, type Answer, type Host, type Keys } from './_host.js'
import type { Resolve } from './resolve-host.js'
import type { StageTimes } from './stages.js'

/** A real HTTPS server with an authority of its own, which says whatever a broken or hostile one may say. */
const name = 'media.example.com'
const secret = 'sig=0123456789abcdef'
const body = Buffer.alloc(10_000, 'media')
const mebibyte = 1024 * 1024
const times: StageTimes = { connect: 400, firstByte: 300, whole: 900 }

const head = (...lines: string[]): string => [...lines, '', ''].join('\r\n')
const status = (code: number, ...lines: string[]): Answer => {
  const words = head(`HTTP/1.1 ${code} So`, 'content-length: 0', ...lines)
  return (_path, socket) => void socket.end(words)
}
const whole = (bytes: Buffer, ...lines: string[]): Answer => {
  const words = head('HTTP/1.1 200 OK', `content-length: ${bytes.length}`, ...lines)
  return (_path, socket) => void socket.end(Buffer.concat([Buffer.from(words), bytes]))
}
/** Writes until nobody listens any more. */
const endless = (words: string, piece: Buffer, everyMs = 0): Answer => {
  return (_path, socket) => {
    socket.write(words)
    const more = (): void => {
      if (socket.destroyed) return
      if (socket.write(piece)) setTimeout(more, everyMs)
      else socket.once('drain', more)
    }
    more()
  }
}
const chunk = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
const chunked = head('HTTP/1.1 200 OK', 'transfer-encoding: chunked')
const bomb = gzipSync(Buffer.alloc(64 * mebibyte))

let keys: Keys
let host: Host
let trap: Host
const lookups: string[] = []
const answers: Record<string, Answer> = {}

beforeAll(async () => {
  keys = await makeKeys([`DNS:${name}`])
  host = await startHost((path, socket) => answers[path]?.(path, socket), { keys })
  trap = await startHost(honey, { address: '127.0.0.2' })
}, 30_000)
beforeEach(() => {
  lookups.length = 0
})
// Whatever the host did, nothing stays open.
afterEach(() => until(() => host.open() === 0, { what: 'all sockets are closed', withinMs: 5_000 }))
afterAll(() => Promise.all([host.close(), trap.close()]))

const at =
  (...addresses: string[]): Resolve =>
  (hostname) => {
    lookups.push(hostname)
    return Promise.resolve(addresses.map((address) => ({ address })))
  }

function fetcher(resolve: Resolve = at('127.0.0.1'), ca: string | null = keys.ca): FetchWeb {
  const judge = createAddressRules(['127.0.0.1/32', '::1/128'])
  return createFetchWeb({ resolve, judge, times, ...(ca === null ? {} : { ca }) })
}

function ask(answer: Answer, { size = body.length, hostname = name, fetch = fetcher() } = {}) {
  answers['/a.ts'] = answer
  const url = new URL(`https://${hostname}:${host.port}/a.ts?${secret}`)
  return fetch({ url, size, signal: new AbortController().signal })
}

describe('a sound host', () => {
  test('gives the bytes by one look-up and one request, by its own name, and with nothing of ours', async () => {
    expect(await ask(whole(body))).toEqual({ kind: 'ok', value: body })
    expect(await ask(whole(body))).toEqual({ kind: 'ok', value: body })
    expect(lookups).toEqual([name, name])
    expect(host.names).toEqual([name, name])
    const lines = host.requests[0]?.trim().split('\r\n').toSorted()
    expect(lines).toEqual([
      `GET /a.ts?${secret} HTTP/1.1`,
      `Host: ${name}:${host.port}`,
      'accept-encoding: identity',
      'connection: close',
      'user-agent: streamkeeper',
    ])
  })
  test('may send chunks, and may say that nothing is encoded', async () => {
    const pieces = Buffer.concat([chunk(body), Buffer.from('0\r\n\r\n')])
    const answer: Answer = (_path, socket) => void socket.end(Buffer.concat([Buffer.from(chunked), pieces]))
    expect(await ask(answer)).toEqual({ kind: 'ok', value: body })
    expect(await ask(whole(body, 'content-encoding: identity'))).toEqual({ kind: 'ok', value: body })
  })
  test('is reached by its second address when nobody is at the first', async () => {
    expect(await ask(whole(body), { fetch: fetcher(at('::1', '127.0.0.1')) })).toEqual({ kind: 'ok', value: body })
  })
  test('is asked without a proxy, whatever the environment says', async () => {
    const proxy = `http://127.0.0.2:${trap.port}`
    const set = { HTTPS_PROXY: proxy, https_proxy: proxy, ALL_PROXY: proxy, NODE_USE_ENV_PROXY: '1' }
    const kept = { ...process.env }
    Object.assign(process.env, set)
    try {
      expect(await ask(whole(body))).toEqual({ kind: 'ok', value: body })
    } finally {
      for (const key of Object.keys(set)) Reflect.deleteProperty(process.env, key)
      Object.assign(process.env, kept)
    }
    expect(trap.visits()).toBe(0)
  })
})

describe('a name that resolves otherwise the second time', () => {
  const turning = (...rounds: string[]): Resolve => {
    let round = 0
    return (hostname) => {
      const address = rounds[Math.min(round, rounds.length - 1)] ?? ''
      round += 1
      return at(address)(hostname)
    }
  }
  test('is reached where it was judged: there is no second time', async () => {
    const fetch = fetcher(turning('127.0.0.1', '127.0.0.2'))
    expect(await ask(whole(body), { fetch })).toEqual({ kind: 'ok', value: body })
    expect(lookups).toEqual([name])
    expect(trap.visits()).toBe(0)
  })
  test('is judged anew for every segment', async () => {
    const fetch = fetcher(turning('127.0.0.1', '127.0.0.2'))
    await ask(whole(body), { fetch })
    expect(await ask(whole(body), { fetch })).toMatchObject({ kind: 'dlq', code: 'MEDIA_URL_NOT_ALLOWED' })
    expect(trap.visits()).toBe(0)
  })
})

describe('what is refused at once', () => {
  test.each<[string, Answer, string, RegExp]>([
    ['404', status(404), 'MEDIA_MISSING', /answered 404/],
    ['410', status(410), 'MEDIA_MISSING', /answered 410/],
    ['403', status(403), 'MEDIA_MISSING', /answered 403/],
    ['401', status(401), 'MEDIA_MISSING', /answered 401/],
    ['204', status(204), 'MEDIA_MISSING', /answered 204/],
    ['206', status(206), 'MEDIA_MISSING', /answered 206/],
    [
      'an empty body of another encoding',
      whole(Buffer.alloc(0), 'content-encoding: br'),
      'MEDIA_URL_NOT_ALLOWED',
      /content-encoding/,
    ],
    ['a gzip bomb', whole(bomb, 'content-encoding: gzip'), 'MEDIA_URL_NOT_ALLOWED', /content-encoding/],
    ['more than it declared', whole(Buffer.alloc(body.length + 1)), 'SIZE_MISMATCH', /at least 10001 bytes/],
    ['an endless small body', endless(chunked, chunk(Buffer.alloc(10_000))), 'SIZE_MISMATCH', /at least/],
    ['a header of 64 KiB', status(200, `x: ${'x'.repeat(65_536)}`), 'MEDIA_MISSING', /HPE_HEADER_OVERFLOW/],
    [
      '2,000 headers',
      status(200, ...Array.from({ length: 2_000 }, (_, n) => `x-${n}: 0123456789`)),
      'MEDIA_MISSING',
      /HPE/,
    ],
    ['an endless header', endless('HTTP/1.1 200 OK\r\n', Buffer.alloc(1_000, 'x: y\r\n')), 'MEDIA_MISSING', /HPE/],
    ['two lengths', status(200, 'content-length: 5'), 'MEDIA_MISSING', /HPE_/],
    ['a length and chunks', status(200, 'transfer-encoding: chunked'), 'MEDIA_MISSING', /HPE_/],
    ['another protocol', (_path, socket) => void socket.end('SSH-2.0-OpenSSH_9\r\n'), 'MEDIA_MISSING', /HPE_/],
  ])('%s', async (_name, answer, code, why) => {
    const outcome = await ask(answer)
    expect(outcome).toMatchObject({ kind: 'dlq', code, message: expect.stringMatching(why) })
    expect(JSON.stringify(outcome)).not.toContain(secret)
  })
  test('17 MiB, as soon as that is declared', async () => {
    const words = head('HTTP/1.1 200 OK', `content-length: ${17 * mebibyte}`)
    const outcome = await ask((_path, socket) => void socket.write(words), { size: 16 * mebibyte })
    expect(outcome).toMatchObject({ kind: 'dlq', code: 'VALUE_TOO_LARGE' })
  })
  test('an endless body, at 16 MiB', async () => {
    const fetch = createFetchWeb({ resolve: at('127.0.0.1'), judge: createAddressRules(['127.0.0.1/32']), ca: keys.ca })
    const outcome = await ask(endless(chunked, chunk(Buffer.alloc(mebibyte))), { size: 16 * mebibyte, fetch })
    expect(outcome).toMatchObject({ kind: 'dlq', code: 'VALUE_TOO_LARGE' })
  }, 20_000)
  test.each([301, 302, 303, 307, 308])('a redirect to a private address (%i)', async (code) => {
    const outcome = await ask(status(code, `location: http://127.0.0.2:${trap.port}/latest/meta-data/`))
    expect(outcome).toMatchObject({
      kind: 'dlq',
      code: 'MEDIA_URL_NOT_ALLOWED',
      message: expect.stringMatching(/redirects/),
    })
    expect(trap.visits()).toBe(0)
  })
  test('a certificate of another name', async () => {
    const outcome = await ask(whole(body), { hostname: 'other.example.com' })
    expect(outcome).toMatchObject({
      code: 'MEDIA_URL_NOT_ALLOWED',
      message: expect.stringMatching(/ERR_TLS_CERT_ALTNAME_INVALID/),
    })
    expect(JSON.stringify(outcome)).not.toContain(secret)
  })
  test('a certificate of an authority that nobody knows', async () => {
    const kept = process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    try {
      const outcome = await ask(whole(body), { fetch: fetcher(at('127.0.0.1'), null) })
      expect(outcome).toMatchObject({ code: 'MEDIA_URL_NOT_ALLOWED', message: expect.stringMatching(/certificate/) })
    } finally {
      if (kept === undefined) Reflect.deleteProperty(process.env, 'NODE_TLS_REJECT_UNAUTHORIZED')
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = kept
    }
  })
})

describe('what may pass is thrown as retriable', () => {
  test.each<[string, Answer, RegExp, 'host' | 'media']>([
    ['500', status(500), /answered 500/, 'media'],
    ['503', status(503), /answered 503/, 'media'],
    ['429', status(429), /answered 429/, 'media'],
    ['no answer', () => undefined, /no answer within 300 ms/, 'media'],
    ['a flood of 103', endless('', Buffer.from(head('HTTP/1.1 103 Early')), 20), /no answer within 300 ms/, 'media'],
    [
      'a byte now and then',
      endless(head('HTTP/1.1 200 OK', 'content-length: 5000'), Buffer.from('x'), 50),
      /not done within 900 ms/,
      'media',
    ],
    [
      'a body that breaks off',
      (_path, socket) => void socket.end(`${head('HTTP/1.1 200 OK', 'content-length: 5')}abc`),
      /connection failed/,
      'media',
    ],
    ['a reset', () => host.reset(), /ECONNRESET/, 'media'],
    ['a close without a word', (_path, socket) => void socket.destroy(), /ECONNRESET/, 'media'],
    [
      'an upgrade',
      (_path, socket) => void socket.write(head('HTTP/1.1 101 Go', 'connection: upgrade', 'upgrade: websocket')),
      /answered 101/,
      'media',
    ],
  ])('%s', async (_name, answer, why, about) => {
    const error: unknown = await ask(answer).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      name: 'MediaHostError',
      retriable: true,
      message: expect.stringMatching(why),
      about,
      host: `${name}:${host.port}`,
    })
    expect(JSON.stringify(error)).not.toContain(secret)
  })
  test('nobody at the address', async () => {
    const url = new URL(`https://${name}:1/a.ts`)
    const asked = fetcher()({ url, size: 1, signal: new AbortController().signal })
    await expect(asked).rejects.toMatchObject({ message: expect.stringMatching(/ECONNREFUSED/), about: 'host' })
  })
  test('a port that speaks no TLS', async () => {
    const plain = await startHost((_path, socket) => void socket.end('HTTP/1.1 400 No\r\n\r\n'))
    const url = new URL(`https://${name}:${plain.port}/a.ts`)
    const asked = fetcher()({ url, size: 1, signal: new AbortController().signal })
    await expect(asked).rejects.toMatchObject({ name: 'MediaHostError', about: 'host' })
    await plain.close()
  })
  test('a name that is not found, has no address, or is never answered', async () => {
    const unknown: Resolve = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }))
    const silent: Resolve = () => new Promise(() => undefined)
    const expected = [/not found \(ENOTFOUND\)/, /has no address/, /no connection within 400 ms/]
    for (const [index, resolve] of [unknown, at(), silent].entries()) {
      const asked = ask(whole(body), { fetch: fetcher(resolve) })
      await expect(asked).rejects.toMatchObject({
        message: expect.stringMatching(expected[index] ?? ''),
        about: 'host',
      })
    }
  })
  test('who is not wanted any more stops at once, and closes', async () => {
    const stop = new AbortController()
    const visits = host.visits()
    answers['/a.ts'] = () => stop.abort(new Error('fenced'))
    const url = new URL(`https://${name}:${host.port}/a.ts`)
    await expect(fetcher()({ url, size: 1, signal: stop.signal })).rejects.toThrow('fenced')
    expect(host.visits()).toBe(visits + 1)
    await expect(fetcher()({ url, size: 1, signal: stop.signal })).rejects.toThrow('fenced')
  })
})
