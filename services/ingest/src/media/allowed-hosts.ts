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
/** An entry for a host, in brackets when it is IPv6; `*.` stands before a name of two labels or more, and before no address. */
const secureEntry =
  /^(?:https:\/\/)?(?<star>\*\.(?=[^.]+\.[^.]+)(?![\d.]+(?:$|:)))?(?<host>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/
const plainEntry = /^http:\/\/(?<host>\[[0-9a-f:.]+\]|[a-z0-9._-]+):\d{1,5}$/

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
  const { host: hostname, star } = (secureEntry.exec(text) ?? plainEntry.exec(text))?.groups ?? {}
  const written = text.replace('*.', '')
  const whole = written.includes('://') ? written : `https://${written}`
  if (hostname === undefined || !URL.canParse(whole)) return null
  const url = new URL(whole)
  // What the parser rewrites (a short, octal or decimal address) is not what the operator meant to write.
  if (url.hostname !== hostname) return null
  const protocol = url.protocol === 'http:' ? 'http:' : 'https:'
  return { protocol, hostname, port: portOf(url), below: star !== undefined }
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
