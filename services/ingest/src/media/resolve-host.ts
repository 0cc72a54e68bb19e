import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { dlq, ok, type Outcome } from '@streamkeeper/pipeline'
import type { JudgeAddress } from './address-rules.js'
import { codeOf } from './code-of.js'
import { MediaHostError } from './media-host-error.js'

export interface HostAddress {
  readonly address: string
  readonly family: 4 | 6
}

/** Looks a name up: all of its addresses. */
export type Resolve = (hostname: string) => Promise<readonly { readonly address: string }[]>

/** As every program of this machine does: the hosts file, then DNS. */
export const systemResolve: Resolve = (hostname) => lookup(hostname, { all: true, verbatim: true })

/**
 * The addresses that the connection may use. A name is looked up once; when any of its addresses may not be reached, none
 * is. Throws MediaHostError when the name has no address now.
 */
export async function resolveHost(
  { hostname }: Pick<URL, 'hostname'>,
  { resolve, judge }: { readonly resolve: Resolve; readonly judge: JudgeAddress },
): Promise<Outcome<readonly HostAddress[]>> {
  const literal = hostname.replace(/^\[(.*)\]$/, '$1')
  const found = isIP(literal) === 0 ? await find(hostname, resolve) : [{ address: literal }]
  const wrong = found.map(({ address }) => judge(address)).find((what) => what !== null)
  if (wrong !== undefined && wrong !== null) {
    const remedy = 'its operator may list his own network in STREAMKEEPER_MEDIA_PRIVATE_ADDRESSES'
    return dlq('MEDIA_URL_NOT_ALLOWED', `data.url: ${hostname} is ${wrong}, which is not fetched from; ${remedy}`)
  }
  return ok(found.map(({ address }) => ({ address, family: isIP(address) === 4 ? 4 : 6 })))
}

async function find(hostname: string, resolve: Resolve): Promise<readonly { readonly address: string }[]> {
  const found = await resolve(hostname).catch((error: unknown) => {
    throw new MediaHostError(`its name is not found (${codeOf(error)})`, 'host', { cause: error })
  })
  if (found.length === 0) throw new MediaHostError('its name has no address', 'host')
  return found
}
