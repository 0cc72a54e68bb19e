import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { canonicalJson, publicJwk, signEvent, verifyEvent } from './index.js'

const { privateKey } = generateKeyPairSync('ed25519')
const jwks = { keys: [publicJwk('k1', privateKey)] }

describe('signature', () => {
  it('verifies what was signed after any trip through JSON and any order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
        const plain = JSON.parse(JSON.stringify({ id: 'x', data })) as object
        const signed = signEvent(plain, 'k1', privateKey)
        const travelled = Object.fromEntries(Object.entries(JSON.parse(JSON.stringify(signed)) as object).toReversed())
        expect(verifyEvent(travelled, jwks)).toBe(true)
      }),
    )
  })
  it('refuses any change, another key id, and what is no signature', () => {
    const signed = signEvent({ id: 'x', data: { action: 'warn-streamer' } }, 'k1', privateKey)
    expect(verifyEvent({ ...signed, data: { action: 'cut-stream' } }, jwks)).toBe(false)
    expect(verifyEvent({ ...signed, more: 1 }, jwks)).toBe(false)
    expect(verifyEvent({ ...signed, keyid: 'k2' }, jwks)).toBe(false)
    expect(verifyEvent({ ...signed, signature: signed.signature.slice(0, -2) }, jwks)).toBe(false)
    expect(verifyEvent({ id: 'x' }, jwks)).toBe(false)
  })
  it('follows RFC 8785 in its own example', () => {
    expect(
      canonicalJson({
        numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 1e-27],
        literals: [null, true, false],
      }),
    ).toBe('{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}')
  })
})
