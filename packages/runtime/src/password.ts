import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** scrypt with N = 2^16, r = 8, p = 2: 64 MB and about 0.2 s a guess (OWASP Password Storage Cheat Sheet, 2024). */
const cost = { N: 2 ** 16, r: 8, p: 2 }
const keyLength = 32
const saltLength = 16

/** `scrypt$N$r$p$salt$key`, salt and key as base64url: all that is needed to check a password later. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltLength)
  const key = await derive(password, salt, cost)
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

/** True when the password is the one that was hashed. Takes as long for a wrong one. Throws for what is no hash of ours. */
export async function checkPassword(password: string, hash: string): Promise<boolean> {
  const [scheme, n, r, p, salt, key] = hash.split('$')
  if (scheme !== 'scrypt' || salt === undefined || key === undefined) throw new TypeError('not a password hash')
  const expected = Buffer.from(key, 'base64url')
  const found = await derive(password, Buffer.from(salt, 'base64url'), { N: Number(n), r: Number(r), p: Number(p) })
  return expected.length === found.length && timingSafeEqual(expected, found)
}

function derive(password: string, salt: Buffer, { N, r, p }: typeof cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // NFKC: the same password typed on another keyboard is the same bytes.
    scrypt(password.normalize('NFKC'), salt, keyLength, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}
