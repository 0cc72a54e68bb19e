import { BlockList, isIP } from 'node:net'

type Family = 'ipv4' | 'ipv6'
type Range = readonly [cidr: string, what: string]

/**
 * Never reached, whatever an operator lists. IANA special-purpose registries for IPv4 and IPv6, read 2026; the single
 * addresses are where clouds hand out credentials (AWS, Google, Azure, Alibaba, Oracle).
 */
const never: readonly Range[] = [
  ['168.63.129.16/32', 'a cloud metadata address'],
  ['100.100.100.200/32', 'a cloud metadata address'],
  ['fd00:ec2::/32', 'a cloud metadata address'],
  ['fd20:ce::/32', 'a cloud metadata address'],
  ['169.254.0.0/16', 'a link-local address'],
  ['0.0.0.0/8', 'an unspecified address'],
  ['192.0.0.0/24', 'a reserved address'],
  ['192.0.2.0/24', 'a documentation address'],
  ['192.31.196.0/24', 'a reserved address'],
  ['192.52.193.0/24', 'a reserved address'],
  ['192.88.99.0/24', 'a 6to4 address'],
  ['192.175.48.0/24', 'a reserved address'],
  ['198.18.0.0/15', 'a benchmark address'],
  ['198.51.100.0/24', 'a documentation address'],
  ['203.0.113.0/24', 'a documentation address'],
  ['224.0.0.0/4', 'a multicast address'],
  ['240.0.0.0/4', 'a reserved address'],
  ['2001::/32', 'a Teredo address'],
  ['2001::/23', 'a reserved address'],
  ['2001:db8::/32', 'a documentation address'],
  ['2002::/16', 'a 6to4 address'],
  ['2620:4f:8000::/48', 'a reserved address'],
  ['3fff::/20', 'a documentation address'],
]

/** Refused unless the operator lists a part of them as his own network. */
const own: readonly Range[] = [
  ['10.0.0.0/8', 'a private address'],
  ['172.16.0.0/12', 'a private address'],
  ['192.168.0.0/16', 'a private address'],
  ['127.0.0.0/8', 'a loopback address'],
  ['100.64.0.0/10', 'a shared (CGNAT) address'],
  ['::1/128', 'a loopback address'],
  ['fc00::/7', 'a unique-local address'],
]

/**
 * All other IPv6 is no global unicast: unspecified, mapped (::ffff:0:0/96), compatible, NAT64 (64:ff9b::/96 and
 * 64:ff9b:1::/48), discard, link-local, site-local, multicast and what nobody has assigned yet.
 */
const globalUnicast = rangeList(['2000::/3'])
const neverLists = named(never)
const ownLists = named(own)

export interface Cidr {
  readonly address: string
  readonly prefix: number
  readonly family: Family
}

/** Takes a network apart; null unless it is written as address/length. */
export function parseCidr(text: string): Cidr | null {
  const [, address = '', length = ''] = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(text) ?? []
  const version = isIP(address)
  const prefix = Number(length)
  if (version === 0 || length === '' || prefix > (version === 4 ? 32 : 128)) return null
  return { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' }
}

/** True when the whole network lies in one of the ranges that an operator may open. */
export function isOwnNetwork({ address, prefix, family }: Cidr): boolean {
  return own.some(([text]) => {
    const range = parseCidr(text)
    return range?.family === family && prefix >= range.prefix && rangeList([text]).check(address, family)
  })
}

/** Says what is wrong with an address ("a private address"), or null when it may be reached. */
export type JudgeAddress = (address: string) => string | null

/** `networks`: the operator's own, as CIDR, each within a range that may be opened. */
export function createAddressRules(networks: readonly string[]): JudgeAddress {
  // By family: a list of IPv4 networks also holds the IPv6 addresses that embed them, which stay closed.
  const opened = { ipv4: rangeList(networks, 'ipv4'), ipv6: rangeList(networks, 'ipv6') }
  return (address) => {
    const version = isIP(address)
    // A zone (fe80::1%eth0) belongs to link-local addresses alone.
    if (version === 0 || address.includes('%')) return 'no plain IP address'
    const family = version === 4 ? 'ipv4' : 'ipv6'
    const kept = find(neverLists, address, family)
    if (kept !== null || opened[family].check(address, family)) return kept
    const closed = find(ownLists, address, family)
    if (closed !== null) return closed
    return family === 'ipv4' || globalUnicast.check(address, family) ? null : 'no global unicast address'
  }
}

function find(lists: readonly (readonly [BlockList, string])[], address: string, family: Family): string | null {
  return lists.find(([list]) => list.check(address, family))?.[1] ?? null
}

function named(ranges: readonly Range[]): readonly (readonly [BlockList, string])[] {
  return ranges.map(([cidr, what]) => [rangeList([cidr]), what])
}

function rangeList(cidrs: readonly string[], only?: Family): BlockList {
  const list = new BlockList()
  for (const text of cidrs) {
    const cidr = parseCidr(text)
    if (cidr === null) throw new TypeError(`${text} is no network in CIDR notation`)
    if (only === undefined || cidr.family === only) list.addSubnet(cidr.address, cidr.prefix, cidr.family)
  }
  return list
}
