import fc from 'fast-check'
import { createAddressRules, isOwnNetwork, parseCidr } from './address-rules.js'

const closed = createAddressRules([])
const everything = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '127.0.0.0/8',
  '100.64.0.0/10',
  '::1/128',
  'fc00::/7',
]
const opened = createAddressRules(everything)

const refused: Readonly<Record<string, readonly string[]>> = {
  'a private address': ['10.0.0.0', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1'],
  'a loopback address': ['127.0.0.1', '127.255.255.254', '::1', '0:0:0:0:0:0:0:1'],
  'a shared (CGNAT) address': ['100.64.0.1', '100.127.255.255'],
  'a unique-local address': ['fc00::1', 'fdff:ffff::1'],
  'a cloud metadata address': ['168.63.129.16', '100.100.100.200', 'fd00:ec2::254', 'fd20:ce::254'],
  'a link-local address': ['169.254.0.1', '169.254.169.254', '169.254.170.2'],
  'an unspecified address': ['0.0.0.0', '0.1.2.3'],
  'a reserved address': ['192.0.0.192', '240.0.0.1', '255.255.255.255', '2001:2::1', '2001:10::1', '2001:20::1'],
  'a documentation address': ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1'],
  'a benchmark address': ['198.18.0.1', '198.19.255.255'],
  'a multicast address': ['224.0.0.1', '239.255.255.255'],
  'a 6to4 address': ['192.88.99.1', '2002:7f00:1::1', '2002:a00:1::'],
  'a Teredo address': ['2001:0:4136:e378:8000:63bf:3fff:fdd2', '2001::1'],
}
const outside = [
  '::',
  'fe80::1',
  'fec0::1',
  'ff02::1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::a00:1',
  '100::1',
  '::7f00:1',
  '5f00::1',
]

describe('addresses that are not fetched from', () => {
  const cases = Object.entries(refused).flatMap(([what, addresses]) => addresses.map((address) => ({ address, what })))
  test.each(cases)('$address is $what', ({ address, what }) => expect(closed(address)).toBe(what))
  test.each(outside)('%s is no global unicast address', (address) => {
    expect(closed(address)).toBe('no global unicast address')
    expect(opened(address)).toBe('no global unicast address')
  })
  test.each(['', 'localhost', '127.1', '0x7f.0.0.1', 'fe80::1%lo', '8.8.8.8/32'])('%j is no address', (text) => {
    expect(closed(text)).toBe('no plain IP address')
  })
  test.each(['1.1.1.1', '9.255.255.255', '11.0.0.0', '172.15.255.255', '172.32.0.0', '2606:4700::1111', '2a00::1'])(
    '%s is public',
    (address) => expect(closed(address)).toBeNull(),
  )
})

describe('what an operator opens', () => {
  const ours = createAddressRules(['10.20.0.0/16', 'fd00:1::/64'])
  test('is that network and nothing beside it', () => {
    expect(['10.20.0.1', '10.20.255.255', 'fd00:1::5'].map(ours)).toEqual([null, null, null])
    expect(['10.21.0.1', '127.0.0.1', 'fd00:2::5'].map(ours)).not.toContain(null)
  })
  test('never holds metadata, link-local, multicast or reserved addresses', () => {
    const kept = Object.entries(refused)
      .filter(([what]) => !/private|loopback|CGNAT|unique-local/.test(what))
      .flatMap(([, addresses]) => addresses)
    for (const address of kept) expect({ address, judged: opened(address) }).not.toMatchObject({ judged: null })
  })
  test('never holds IPv6 that embeds IPv4, whatever the IPv4 is', () => {
    const hex = (address: string): string =>
      address
        .split('.')
        .map((part) => Number(part).toString(16).padStart(2, '0'))
        .join('')
        .replace(/^(.{4})/, '$1:')
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const low = hex(address)
        const forms = [`::ffff:${address}`, `::ffff:${low}`, `::${low}`, `64:ff9b::${low}`, `2002:${low}::1`]
        return forms.every((form) => closed(form) !== null && (opened(form) !== null || form === '::0000:0001'))
      }),
    )
  })
  test('must lie within a range that may be opened', () => {
    const fits = (text: string): boolean => {
      const cidr = parseCidr(text)
      return cidr !== null && isOwnNetwork(cidr)
    }
    expect([...everything, '10.1.2.0/24', 'fd12::/48', '127.0.0.1/32'].map(fits)).not.toContain(false)
    const wrong = [
      '0.0.0.0/0',
      '::/0',
      '169.254.0.0/16',
      '10.0.0.0/7',
      '8.8.8.8/32',
      'fe80::/10',
      '::ffff:10.0.0.0/104',
    ]
    const broken = ['10.0.0.0', '10.0.0.0/33', '10.0.0/8', '10.0.0.0/', 'a/8', 'fc00::/129']
    expect([...wrong, ...broken].map(fits)).not.toContain(true)
  })
})

test('whatever is no global unicast IPv6 is refused', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const first = Number.parseInt(address.split(':')[0] ?? '', 16)
      const isGlobal = first >= 0x2000 && first <= 0x3fff
      return isGlobal || closed(address) !== null
    }),
  )
})
