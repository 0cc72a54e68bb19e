import { checkPassword, hashPassword } from './password.js'

describe('passwords', () => {
  it('knows the password again, and no other', async () => {
    const hash = await hashPassword('correct horse')
    expect(hash).toMatch(/^scrypt\$65536\$8\$2\$[\w-]{22}\$[\w-]{43}$/)
    expect(await checkPassword('correct horse', hash)).toBe(true)
    expect(await checkPassword('correct horsf', hash)).toBe(false)
  })
  it('salts: two hashes of one password differ', async () => {
    expect(await hashPassword('x')).not.toBe(await hashPassword('x'))
  })
  it('refuses what is no hash', async () => {
    await expect(checkPassword('x', 'plain')).rejects.toThrow('not a password hash')
  })
})
