import { bringer, bytes, mediaOf, segmentAt } from './_bring.js'
import { honey, startHost, type Host } from './_host.js'

/**
 * Urls by which a platform, or whoever holds its producer, would have ingest ask somebody it must not ask. A trap listens on
 * the port of all of them; the hosts are on the list as far as an entry can be, so that it is the guard that refuses.
 */
interface Vector {
  readonly name: string
  /** PORT stands for the port of the trap. */
  readonly url: string
  /** What the name resolves to; a name that has none here must not be looked up at all. */
  readonly answers?: readonly string[]
  /** 127.0.0.1 is on the list of hosts and its network opened: only how it is written is wrong. */
  readonly open?: true
}

const name = 'media.example.com'
const literal = (address: string): Vector => ({ name: `the literal ${address}`, url: `http://${address}:PORT/a.ts` })
const spelt = (what: string, authority: string): Vector => ({ name: what, url: `http://${authority}/a.ts`, open: true })
const named = (what: string, ...answers: string[]): Vector => ({
  name: `a name that resolves to ${what}`,
  url: `http://${name}:PORT/a.ts`,
  answers,
})

const literals = `
  127.0.0.1 127.255.255.254 0.0.0.0 10.0.0.1 172.16.0.1 192.168.1.1 100.64.0.1 169.254.169.254
  192.0.0.192 192.0.2.1 198.18.0.1 224.0.0.1 240.0.0.1 255.255.255.255 168.63.129.16
  [::1] [::] [::ffff:7f00:1] [::7f00:1] [64:ff9b::7f00:1] [2002:7f00:1::1] [2001::7f00:1]
  [fd00:ec2::254] [fe80::1] [fec0::1] [ff02::1] [fc00::1] [2001:db8::1]
`
  .trim()
  .split(/\s+/)
  .map(literal)

const spellings = [
  spelt('a decimal address', '2130706433:PORT'),
  spelt('a hexadecimal address', '0x7f000001:PORT'),
  spelt('an octal address', '017700000001:PORT'),
  spelt('a short address', '127.1:PORT'),
  spelt('an address of three parts', '127.0.1:PORT'),
  spelt('hexadecimal parts', '0x7f.0x0.0x0.0x1:PORT'),
  spelt('octal parts', '0177.0.0.01:PORT'),
  spelt('mixed parts', '0x7f.0.0.01:PORT'),
  spelt('leading zeros', '127.0.0.001:PORT'),
  spelt('a dot behind the address', '127.0.0.1.:PORT'),
  spelt('percent signs in the host', '%31%32%37.0.0.1:PORT'),
  spelt('full-width digits', '１２７.０.０.１:PORT'),
  spelt('circled digits', '①②⑦.⓪.⓪.①:PORT'),
  spelt('ideographic full stops', '127。0。0。1:PORT'),
  spelt('a soft hyphen in the host', '127.0.0\u00ad.1:PORT'),
  spelt('a tab in the host', '127.0\t.0.1:PORT'),
  spelt('a line end in the host', '127.0\n.0.1:PORT'),
  spelt('an allowed name as the user', `${name}@127.0.0.1:PORT`),
  spelt('an allowed name and port as user and password', `${name}:443@127.0.0.1:PORT`),
  spelt('an empty user', '@127.0.0.1:PORT'),
  spelt('a user before an allowed host', `user:secret@${name}:PORT`),
  spelt('two at signs', `a@${name}:PORT@127.0.0.1:PORT`),
  spelt('a backslash before an at sign', `${name}:PORT\\@127.0.0.1:PORT`),
  spelt('a fragment before an at sign', `127.0.0.1:PORT#@${name}`),
  spelt('a long form of an IPv6 address', '[0:0:0:0:0:ffff:7f00:1]:PORT'),
  spelt('an IPv4 tail in an IPv6 address', '[::ffff:127.0.0.1]:PORT'),
  spelt('a zone in an IPv6 address', '[fe80::1%25lo]:PORT'),
  spelt('a port with leading zeros', '127.0.0.1:0PORT'),
  spelt('a port that is empty', '127.0.0.1:'),
]
const forms: readonly Vector[] = [
  { name: 'no slashes', url: 'http:127.0.0.1:PORT/a.ts', open: true },
  { name: 'one slash', url: 'http:/127.0.0.1:PORT/a.ts', open: true },
  { name: 'three slashes', url: 'http:///127.0.0.1:PORT/a.ts', open: true },
  { name: 'backslashes for slashes', url: 'http:\\\\127.0.0.1:PORT\\a.ts', open: true },
  { name: 'a blank in front', url: ' http://127.0.0.1:PORT/a.ts', open: true },
  { name: 'a fragment', url: 'http://127.0.0.1:PORT/a.ts#b', open: true },
  { name: 'a tab in the scheme', url: 'ht\ttp://127.0.0.1:PORT/a.ts', open: true },
  { name: 'no scheme', url: '//127.0.0.1:PORT/a.ts', open: true },
  { name: 'ftp', url: 'ftp://127.0.0.1:PORT/a.ts', open: true },
  { name: 'gopher', url: 'gopher://127.0.0.1:PORT/_GET', open: true },
  { name: 'ws', url: 'ws://127.0.0.1:PORT/a.ts', open: true },
  { name: 'data', url: 'data:video/mp2t;base64,AAAA', open: true },
  { name: 'blob', url: 'blob:http://127.0.0.1:PORT/a.ts', open: true },
  { name: 'a file on another machine', url: 'file://127.0.0.1:PORT/a.ts', open: true },
  { name: 'http where https is listed', url: 'http://secure.example.com:PORT/a.ts' },
  { name: 'another port of a listed host', url: 'https://secure.example.com:PORT/a.ts' },
  { name: 'a listed name as a prefix', url: `http://${name}.evil.test:PORT/a.ts` },
  { name: 'a listed name as a suffix', url: `http://evil-${name}:PORT/a.ts` },
  { name: 'a dot behind a listed name', url: `http://${name}.:PORT/a.ts` },
  { name: 'localhost', url: 'http://localhost:PORT/a.ts' },
  { name: 'a cloud metadata name', url: 'http://metadata.google.internal:PORT/computeMetadata/v1/' },
  { name: 'a bucket that is not listed', url: 's3://secrets/a.ts' },
  { name: 'a key that climbs out of its bucket', url: 's3://media/../secrets/a.ts' },
  { name: 'an encoded key that climbs', url: 's3://media/%2e%2e%2fsecrets/a.ts' },
  { name: 'a key with a query', url: 's3://media/a.ts?versionId=1' },
]
const names = [
  named('loopback', '127.0.0.1'),
  named('loopback in IPv6', '::1'),
  named('a private network', '10.1.2.3'),
  named('metadata', '169.254.169.254'),
  named('metadata of Azure', '168.63.129.16'),
  named('metadata in IPv6', 'fd00:ec2::254'),
  named('nothing at all (0.0.0.0)', '0.0.0.0'),
  named('CGNAT', '100.64.0.1'),
  named('loopback as mapped IPv6', '::ffff:127.0.0.1'),
  named('loopback behind NAT64', '64:ff9b::7f00:1'),
  named('loopback behind local NAT64', '64:ff9b:1::7f00:1'),
  named('loopback as 6to4', '2002:7f00:1::1'),
  named('loopback as Teredo', '2001:0:7f00:1::'),
  named('link-local with a zone', 'fe80::1%lo'),
  named('multicast', 'ff02::1'),
  named('a public and a private address', '93.184.215.14', '127.0.0.1'),
  named('a private and a public address', '127.0.0.1', '93.184.215.14'),
  named('what is no address', 'localhost'),
]
const vectors: readonly Vector[] = [...literals, ...spellings, ...forms, ...names]

let trap: Host
let lookups: string[]
beforeAll(async () => {
  trap = await startHost(honey)
})
afterAll(() => trap.close())
beforeEach(() => {
  lookups = []
})

function bringOf({ answers = [], open }: Pick<Vector, 'answers' | 'open'>) {
  const { port } = trap
  const listed = literals.map(({ url }) => new URL(url.replace(':PORT', `:${port}`)).host)
  const media = mediaOf({
    hosts: ['secure.example.com', ...[name, ...listed].map((host) => `http://${host.replace(/:\d+$/, '')}:${port}`)],
    networks: open === true ? ['127.0.0.0/8', '::1/128'] : [],
    buckets: ['media'],
    resolve: (hostname) => {
      lookups.push(hostname)
      return Promise.resolve(answers.map((address) => ({ address })))
    },
  })
  return bringer(media)
}

test('there are at least 60 vectors, each with a name of its own', () => {
  expect(new Set(vectors.map((vector) => vector.name)).size).toBe(vectors.length)
  expect(vectors.length).toBeGreaterThanOrEqual(60)
})

test.each(vectors)('$name is refused; nobody is asked', async (vector) => {
  const outcome = await bringOf(vector)(segmentAt(vector.url.replaceAll('PORT', String(trap.port))))
  expect(outcome).toMatchObject({
    kind: 'dlq',
    code: 'MEDIA_URL_NOT_ALLOWED',
    message: expect.stringMatching(/^data\.url: /),
  })
  expect(lookups).toEqual(vector.answers === undefined ? [] : [name])
  expect(trap.visits()).toBe(0)
})

test('a user in the url is named as such, and is not repeated', async () => {
  const outcome = await bringOf({ open: true })(segmentAt(`http://user:secret@127.0.0.1:${trap.port}/a.ts`))
  expect(outcome).toMatchObject({ message: expect.stringMatching(/no user or password/) })
  expect(JSON.stringify(outcome)).not.toContain('secret@')
})

test('the bait works: the same trap is reached by the address that is listed and opened, and by a name of it', async () => {
  const host = await startHost((_path, socket) => {
    socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${bytes.length}\r\n\r\n${bytes.toString('latin1')}`)
  })
  const hosts = [`http://127.0.0.1:${host.port}`, `http://${name}:${host.port}`]
  const media = mediaOf({
    hosts,
    networks: ['127.0.0.1/32'],
    resolve: () => Promise.resolve([{ address: '127.0.0.1' }]),
  })
  for (const url of hosts)
    expect(await bringer(media)(segmentAt(`${url}/a.ts`))).toMatchObject({ kind: 'ok', value: { bytes } })
  expect(host.visits()).toBe(2)
  await host.close()
})
