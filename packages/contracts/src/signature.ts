import { createPublicKey, sign, verify, type JsonWebKey, type KeyObject } from 'node:crypto'
import canonicalize from 'canonicalize'

/** A public key as it stands in a JWKS: OKP, Ed25519, `kid` = keyid. */
export interface PublicJwk extends JsonWebKey {
  kty: 'OKP'
  crv: 'Ed25519'
  kid: string
  x: string
  use: 'sig'
  alg: 'EdDSA'
}

export interface Jwks {
  readonly keys: readonly PublicJwk[]
}

/** RFC 8785 form of a JSON value: the bytes that are signed and hashed. */
export function canonicalJson(value: unknown): string {
  const text = (canonicalize as unknown as (input: unknown) => string | undefined)(value)
  if (text === undefined) throw new TypeError('value has no JSON form')
  return text
}

/** Adds `keyid` and `signature` (standard base64, padded): Ed25519 over the RFC 8785 form of everything else, keyid included. */
export function signEvent<Event extends object>(
  event: Event,
  keyid: string,
  privateKey: KeyObject,
): Event & { keyid: string; signature: string } {
  const unsigned = { ...event, keyid }
  const signature = sign(null, Buffer.from(canonicalJson(unsigned)), privateKey).toString('base64')
  return { ...unsigned, signature }
}

/** True when the event's signature is by the key of that id in the set. Never throws: what cannot be checked is not verified. */
export function verifyEvent(event: Readonly<Record<string, unknown>>, jwks: Jwks): boolean {
  const { signature, ...unsigned } = event
  const jwk = jwks.keys.find((key) => key.kid === unsigned['keyid'])
  if (jwk === undefined || typeof signature !== 'string' || !/^[A-Za-z0-9+/]{86}==$/.test(signature)) return false
  return verify(
    null,
    Buffer.from(canonicalJson(unsigned)),
    createPublicKey({ key: jwk, format: 'jwk' }),
    Buffer.from(signature, 'base64'),
  )
}

/** The public half as JWK. */
export function publicJwk(kid: string, key: KeyObject): PublicJwk {
  const exported = createPublicKey(key).export({ format: 'jwk' })
  if (exported.kty !== 'OKP' || exported.crv !== 'Ed25519' || exported.x === undefined)
    throw new TypeError('not an Ed25519 key')
  return { kty: 'OKP', crv: 'Ed25519', kid, x: exported.x, use: 'sig', alg: 'EdDSA' }
}
