import { spawn } from 'node:child_process'
import { generateKeyPairSync, sign, verify, createPublicKey } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import {
  addSigningKey,
  KeyFileError,
  loadOrCreateSigningKey,
  loadPublicJwks,
  openKeyRing,
  removeSigningKey,
} from './keys.js'

const root = mkdtempSync(join(tmpdir(), 'keys-'))
afterAll(() => rmSync(root, { recursive: true }))
let count = 0
const freshDir = (): string => join(root, `keys-${(count += 1)}`)

const room = join(import.meta.dirname, '..')

async function loadInProcess(dir: string): Promise<string> {
  const script = `import { loadOrCreateSigningKey } from './src/keys.ts'
    console.log((await loadOrCreateSigningKey(${JSON.stringify(dir)}, 'commands')).keyId)`
  const flags = ['--conditions=source', '--import', './scripts/run-source.mjs', '--input-type=module', '--eval', script]
  const child = spawn(process.execPath, flags, { cwd: room, stdio: ['ignore', 'pipe', 'inherit'] })
  const [out] = await Promise.all([text(child.stdout), once(child, 'exit')])
  return out.trim()
}

describe('signing keys', () => {
  it('are made once, as a private file, and found again', async () => {
    const dir = freshDir()
    const made = await loadOrCreateSigningKey(dir, 'commands')
    expect(readdirSync(dir)).toEqual(['commands-0001.pem'])
    expect(statSync(join(dir, 'commands-0001.pem')).mode & 0o777).toBe(0o600)
    expect(statSync(dir).mode & 0o777).toBe(0o700)
    expect((await loadOrCreateSigningKey(dir, 'commands')).keyId).toBe(made.keyId)
  })

  it('sign what their public half verifies', async () => {
    const { privateKey, jwk, keyId } = await loadOrCreateSigningKey(freshDir(), 'commands')
    expect(jwk.kid).toBe(keyId)
    expect('d' in jwk).toBe(false)
    const signature = sign(null, Buffer.from('cut'), privateKey)
    expect(verify(null, Buffer.from('cut'), createPublicKey({ key: jwk, format: 'jwk' }), signature)).toBe(true)
  })

  it('are named by the thumbprint of RFC 8037 A.3', async () => {
    const dir = freshDir()
    await loadOrCreateSigningKey(dir, 'commands')
    const der = Buffer.concat([
      Buffer.from('302e020100300506032b657004220420', 'hex'),
      Buffer.from('nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A', 'base64url'),
    ])
    const pem = `-----BEGIN PRIVATE KEY-----\n${der.toString('base64')}\n-----END PRIVATE KEY-----\n`
    writeFileSync(join(dir, 'commands-0002.pem'), pem, { mode: 0o600 })
    const { keyId } = await loadOrCreateSigningKey(dir, 'commands')
    expect(keyId).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k')
  })

  it('are the same for all that start at once', async () => {
    const dir = freshDir()
    const here = Array.from({ length: 8 }, async () => (await loadOrCreateSigningKey(dir, 'commands')).keyId)
    expect(new Set(await Promise.all(here)).size).toBe(1)
    expect(readdirSync(dir)).toEqual(['commands-0001.pem'])
  })

  it('are the same for several processes', async () => {
    const dir = freshDir()
    const ids = await Promise.all([1, 2, 3].map(() => loadInProcess(dir)))
    expect(ids[0]).toMatch(/^[\w-]{43}$/)
    expect(new Set(ids).size).toBe(1)
    expect(readdirSync(dir)).toEqual(['commands-0001.pem'])
  }, 30_000)

  it('rotate: the newest signs, all are public, other names are not', async () => {
    const dir = freshDir()
    const old = await loadOrCreateSigningKey(dir, 'commands')
    await loadOrCreateSigningKey(dir, 'log')
    const fresh = await addSigningKey(dir, 'commands')
    expect((await loadOrCreateSigningKey(dir, 'commands')).keyId).toBe(fresh.keyId)
    expect((await loadPublicJwks(dir)).keys.map((key) => key.kid)).toEqual([old.keyId, fresh.keyId])
  })

  it('a ring takes up a new key while it runs, finds the old one, and outlives its files', async () => {
    const dir = freshDir()
    const ring = await openKeyRing(dir, 'commands')
    const first = ring.current()
    const second = await addSigningKey(dir, 'commands')
    expect(ring.current().keyId).toBe(first.keyId)
    await ring.refresh()
    expect([ring.current().keyId, ring.find(first.keyId)?.keyId]).toEqual([second.keyId, first.keyId])
    await expect(removeSigningKey(dir, 'commands', second.keyId)).rejects.toThrow('rotate first')
    expect(await removeSigningKey(dir, 'commands', first.keyId)).toBe(true)
    expect(await removeSigningKey(dir, 'commands', first.keyId)).toBe(false)
    rmSync(join(dir, 'commands-0002.pem'))
    await ring.refresh()
    expect(ring.current().keyId).toBe(second.keyId)
    expect(ring.find('never was')).toBeNull()
  })

  it.each([0o640, 0o604, 0o666])('are refused with mode %o', async (mode) => {
    const dir = freshDir()
    await loadOrCreateSigningKey(dir, 'commands')
    chmodSync(join(dir, 'commands-0001.pem'), mode)
    await expect(loadOrCreateSigningKey(dir, 'commands')).rejects.toThrow(/chmod 600/)
    await expect(loadPublicJwks(dir)).rejects.toThrow(KeyFileError)
  })

  it('are refused when they are no Ed25519 key', async () => {
    const dir = freshDir()
    await loadOrCreateSigningKey(dir, 'commands')
    const path = join(dir, 'commands-0002.pem')
    writeFileSync(path, 'no key', { mode: 0o600 })
    await expect(loadOrCreateSigningKey(dir, 'commands')).rejects.toThrow('not a private key in PEM')
    const { privateKey } = generateKeyPairSync('x25519')
    writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }))
    await expect(loadOrCreateSigningKey(dir, 'commands')).rejects.toThrow('not an Ed25519 key')
  })

  it('are not looked for outside of their folder', async () => {
    await expect(loadOrCreateSigningKey(freshDir(), '../x')).rejects.toThrow(KeyFileError)
  })
})
