import { fileURLToPath } from 'node:url'
import { dlq, ok, type Outcome } from '@streamkeeper/pipeline'
import { isAllowedHost, portOf, type AllowedHost } from './allowed-hosts.js'

/** Where the media of a segment lies, after every rule that needs no network. */
export type Reference =
  | { readonly kind: 'file'; readonly root: string; readonly path: string }
  | { readonly kind: 'web'; readonly url: URL }
  | { readonly kind: 'object'; readonly bucket: string; readonly key: string }

export interface ReferenceRules {
  /** Resolved folder that file:// may point into, or null. */
  readonly mediaRoot: string | null
  readonly hosts: readonly AllowedHost[]
  readonly buckets: readonly string[]
}

/** Takes a url apart, once. What no rule allows is MEDIA_URL_NOT_ALLOWED with the remedy; the url's query is in no message. */
export function readReference(text: string, rules: ReferenceRules): Outcome<Reference> {
  const scheme = /^([a-z0-9]+):/i.exec(text)?.[1]?.toLowerCase()
  if (scheme === 'file') return readFileReference(text, rules)
  if (scheme === 's3') return readObjectReference(text, rules)
  if (scheme === 'https' || scheme === 'http') return readWebReference(text, rules)
  return refuse('only https://, s3:// and file:// are taken, each as far as the operator allows it')
}

/** How a place on the web is named in messages and logs: its query may hold a signature. */
export function nameOfUrl({ origin, pathname }: URL): string {
  const name = origin + pathname
  return name.length <= 200 ? name : `${name.slice(0, 200)}…`
}

function readFileReference(text: string, { mediaRoot }: ReferenceRules): Outcome<Reference> {
  const path = pathOf(text)
  if (path === null || mediaRoot === null) return refuse('only file:// under STREAMKEEPER_MEDIA_ROOT is taken')
  return ok({ kind: 'file', root: mediaRoot, path })
}

function pathOf(text: string): string | null {
  try {
    const parsed = new URL(text)
    const isLocal = parsed.host === '' && parsed.search === '' && parsed.hash === ''
    return isLocal ? fileURLToPath(parsed) : null
  } catch {
    // Not a URL, or one that names no path (an encoded slash, a NUL): the caller refuses it by name.
    return null
  }
}

/** Dot segments, also in encodings that a server might undo: with the bucket in the path they would leave it. */
const climbing = /(^|\/|\\|%2f|%5c)(\.|%2e){1,2}($|\/|\\|%2f|%5c)/i
// oxlint-disable-next-line no-control-regex -- control characters are what is refused
const strange = /[\u0000-\u001f\u007f?#]/

/** The key is taken as it stands, as the AWS command line does: nothing in it is decoded. */
function readObjectReference(text: string, { buckets }: ReferenceRules): Outcome<Reference> {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]*)\/([^]*)$/i.exec(text) ?? []
  if (!buckets.includes(bucket)) return refuse('the bucket is not in STREAMKEEPER_MEDIA_BUCKETS')
  if (key === '' || Buffer.byteLength(key) > 1_024)
    return refuse('expected s3://bucket/key with a key of 1 to 1,024 bytes')
  if (strange.test(key) || key.startsWith('/') || climbing.test(key))
    return refuse('an s3 key holds no ?, no #, no control character, no slash in front and no . or .. as a segment')
  return ok({ kind: 'object', bucket, key })
}

function readWebReference(text: string, { hosts }: ReferenceRules): Outcome<Reference> {
  // The parser drops tabs and line ends and takes \ for /: two readers of such a text see two hosts.
  if (!/^[!-~]+$/.test(text) || text.includes('\\')) return refuse('a url is visible ASCII without a backslash')
  if (text.includes('#')) return refuse('a url to media has no fragment')
  const authority = /^[^/]*\/\/([^/?]*)/.exec(text)?.[1] ?? ''
  if (authority.includes('@')) return refuse('a url to media has no user or password; sign its query instead')
  if (!URL.canParse(text)) return refuse('the url cannot be parsed')
  const url = new URL(text)
  // Decimal, octal, hex and short addresses, percent signs and empty ports: what is read is not what was written.
  const spellings = [url.host, `${url.hostname}:${portOf(url)}`]
  if (!spellings.includes(authority.toLowerCase())) return refuse(`write the host as ${url.host}, or name another`)
  if (isAllowedHost(hosts, url)) return ok({ kind: 'web', url })
  return refuse(`${url.origin} is not in STREAMKEEPER_MEDIA_HOSTS; ask the operator, or send the bytes in the record`)
}

function refuse(why: string): Outcome<never> {
  return dlq('MEDIA_URL_NOT_ALLOWED', `data.url: ${why}`)
}
