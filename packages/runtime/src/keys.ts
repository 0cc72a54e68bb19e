import { createHash, createPrivateKey, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto'
import { link, mkdir, open, readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { publicJwk, type Jwks, type PublicJwk } from '@streamkeeper/contracts'
import { codeOf } from './error-facts.js'

export interface SigningKey {
  /** RFC 7638 thumbprint of the public key. */
  readonly keyId: string
  readonly privateKey: KeyObject
  readonly jwk: PublicJwk
}

/** A key file that is not used; the message names it and says why and what to do. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError'
  readonly retriable = false
}

/** The keys of one name. The newest signs; what an older one signed is signed by it again. */
export interface KeyRing {
  current(): SigningKey
  /** null when there is no such key any more. */
  find(keyId: string): SigningKey | null
  /**
   * Takes up keys that were made since, and gives the ids of all whose files are there. Keys whose files are gone stay
   * usable as long as this process lives.
   */
  refresh(): Promise<readonly string[]>
}

/** Opens the files `<name>-*.pem` of a folder. Makes `<name>-0001.pem` when there is none. Throws KeyFileError. */
export async function openKeyRing(dir: string, name: string): Promise<KeyRing> {
  let newest = await loadOrCreateSigningKey(dir, name)
  const known = new Map<string, SigningKey>()
  const refresh = async (): Promise<readonly string[]> => {
    const found = await Promise.all((await keyFiles(dir, name)).map(readKey))
    for (const key of found) known.set(key.keyId, key)
    newest = found.at(-1) ?? newest
    return found.map(({ keyId }) => keyId)
  }
  await refresh()
  return { current: () => newest, find: (keyId) => known.get(keyId) ?? null, refresh }
}

/**
 * The key that signs: of the files `<name>-*.pem` the last by name. Makes `<name>-0001.pem` when there is none; of
 * several processes that start at once all get the same. Throws KeyFileError on a file that others can read.
 */
export async function loadOrCreateSigningKey(dir: string, name: string): Promise<SigningKey> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const newest = (await keyFiles(dir, name)).at(-1)
  return newest === undefined ? addKey(dir, name, 1) : readKey(newest)
}

/** Rotation: makes a new key that signs as soon as it is seen. The older ones stay public until they are removed. */
export async function addSigningKey(dir: string, name: string): Promise<SigningKey> {
  const numbers = (await keyFiles(dir, name)).map((file) => Number(/-(\d+)\.pem$/.exec(file)?.[1] ?? 0))
  return addKey(dir, name, Math.max(0, ...numbers) + 1)
}

/** Removes the file of an old key; false when there is none. Throws KeyFileError for the one that signs. */
export async function removeSigningKey(dir: string, name: string, keyId: string): Promise<boolean> {
  const files = await keyFiles(dir, name)
  const keys = await Promise.all(files.map(readKey))
  const at = keys.findIndex((key) => key.keyId === keyId)
  const file = files[at]
  if (file === undefined) return false
  if (at === files.length - 1) throw new KeyFileError(`${file}: this key signs; rotate first`)
  await unlink(file)
  await syncFolder(dir)
  return true
}

/** All public keys of that name, oldest first, as they stand at /api/v1/keys. */
export async function loadPublicJwks(dir: string, name = 'commands'): Promise<Jwks> {
  const keys = await Promise.all((await keyFiles(dir, name)).map(readKey))
  return { keys: keys.map((key) => key.jwk) }
}

async function keyFiles(dir: string, name: string): Promise<readonly string[]> {
  if (!/^[a-z]+$/.test(name)) throw new KeyFileError(`${name}: a key is named by lower-case letters`)
  const files = (await filesIn(dir)).filter((file) => file.startsWith(`${name}-`) && file.endsWith('.pem'))
  return files.sort().map((file) => join(dir, file))
}

/** No folder, no key yet. */
async function filesIn(dir: string): Promise<readonly string[]> {
  try {
    return await readdir(dir)
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

async function addKey(dir: string, name: string, number: number): Promise<SigningKey> {
  const path = join(dir, `${name}-${String(number).padStart(4, '0')}.pem`)
  const { privateKey } = generateKeyPairSync('ed25519')
  await writeOnce(dir, path, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return readKey(path)
}

/** The file appears whole or not at all; when it is there already, it stays as it is. */
async function writeOnce(dir: string, path: string, text: string | Buffer): Promise<void> {
  const draft = join(dir, `.${randomUUID()}.draft`)
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
    await link(draft, path)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    await file.close()
    await unlink(draft)
  }
  await syncFolder(dir)
}

async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function readKey(path: string): Promise<SigningKey> {
  const file = await open(path, 'r')
  try {
    const { mode } = await file.stat()
    if ((mode & 0o077) !== 0) {
      const octal = (mode & 0o777).toString(8).padStart(4, '0')
      throw new KeyFileError(`${path}: mode ${octal} lets others at the private key; run: chmod 600 ${path}`)
    }
    return parseKey(path, await file.readFile())
  } finally {
    await file.close()
  }
}

function parseKey(path: string, pem: Buffer): SigningKey {
  const privateKey = parsePem(path, pem)
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new KeyFileError(`${path}: not an Ed25519 key`)
  const { crv, kty, x } = publicJwk('', privateKey)
  const keyId = createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url')
  return { keyId, privateKey, jwk: publicJwk(keyId, privateKey) }
}

function parsePem(path: string, pem: Buffer): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch (cause) {
    throw new KeyFileError(`${path}: not a private key in PEM`, { cause })
  }
}
