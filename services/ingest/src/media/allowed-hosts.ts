import { z } from 'zod'
import { isOwnNetwork, parseCidr } from './address-rules.js'

/** One entry of STREAMKEEPER_MEDIA_HOSTS. */
export interface AllowedHost {
  readonly protocol: 'https:' | 'http:'
  /** As the URL parser writes it: lower case, Punycode, IPv6 in brackets. */
  readonly hostname: string
  readonly port: string
  /** Whether names below `hostname` are meant, and not itself. */
  readonly below: boolean
}

const expected = 'expected host, host:port, *.host, *.host:port or http://host:port'
const pattern = /^(?:(https?):\/\/)?(\*\.)?(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/

/** `host[:port]` for https, `*.host[:port]` for every name below it, `http://host:port` where there is no TLS. */
export const hostText: z.ZodType<AllowedHost, string> = z
  .string()
  .toLowerCase()
  .transform((text, context) => {
    const host = parseHost(text)
    if (host !== null) return host
    context.addIssue({ code: 'custom', message: expected })
    return z.NEVER
  })

/** A network of the operator's own in CIDR notation, for STREAMKEEPER_MEDIA_PRIVATE_ADDRESSES. */
export const ownNetworkText: z.ZodType<string, string> = z.string().refine((text) => {
  const cidr = parseCidr(text)
  return cidr !== null && isOwnNetwork(cidr)
}, 'expected address/length within 10/8, 172.16/12, 192.168/16, 127/8, 100.64/10, ::1/128 or fc00::/7')

function parseHost(text: string): AllowedHost | null {
  const [, scheme = 'https', star, hostname = '', port = ''] = pattern.exec(text) ?? []
  const below = star !== undefined
  if (hostname === '' || (scheme === 'http' && (below || port === ''))) return null
  if (below && !/^[^.[]+\.[^.]+/.test(hostname)) return null
  const written = `${scheme}://${hostname}${port === '' ? '' : `:${port}`}`
  if (!URL.canParse(written)) return null
  const url = new URL(written)
  // What the parser rewrites (a short, octal or decimal address) is not what the operator meant to write.
  if (url.hostname !== hostname || (below && /^[\d.]+$/.test(hostname))) return null
  return { protocol: scheme === 'http' ? 'http:' : 'https:', hostname, port: portOf(url), below }
}

/** True when the list names the scheme, the host and the port of the URL. */
export function isAllowedHost(hosts: readonly AllowedHost[], url: URL): boolean {
  return hosts.some(
    ({ protocol, hostname, port, below }) =>
      url.protocol === protocol &&
      portOf(url) === port &&
      (below ? url.hostname.endsWith(`.${hostname}`) && !url.hostname.startsWith('.') : url.hostname === hostname),
  )
}

/** The port, also where the URL leaves it to the scheme. */
export function portOf({ protocol, port }: URL): string {
  if (port !== '') return port
  return protocol === 'http:' ? '80' : '443'
}
