import { randomBytes } from 'node:crypto'
import { createFirstUser, migrate, openDatabase } from '@streamkeeper/database'
import { hashPassword } from '@streamkeeper/runtime'

export interface SignIn {
  readonly username: string
  readonly password: string
}

/** Makes the first account of a new installation; null when there is one already. The password is shown this once. */
export async function createFirstAdmin(databaseUrl: string): Promise<SignIn | null> {
  const database = openDatabase({ url: databaseUrl, poolSize: 2 })
  try {
    await migrate(database)
    const password = randomBytes(12).toString('base64url')
    const made = await createFirstUser(database, {
      username: 'admin',
      role: 'admin',
      passwordHash: await hashPassword(password),
    })
    return made ? { username: 'admin', password } : null
  } finally {
    await database.close()
  }
}
