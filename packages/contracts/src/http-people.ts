import { z } from 'zod'
import { UtcTime } from './fields.js'

/** Who uses the console, and how they sign in. */

export const Role = z.enum(['moderator', 'lead', 'auditor', 'admin'])
export type Role = z.infer<typeof Role>

export const Username = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, { error: 'lower-case letters, digits, dot, underscore and hyphen' })

export const SignInRequest = z.object({ username: Username, password: z.string().min(1).max(1_000) })
export type SignInRequest = z.infer<typeof SignInRequest>

/** `csrf` goes back in the header x-csrf-token with every request that changes something. */
export const SessionView = z.object({ username: Username, role: Role, csrf: z.string(), expiresAt: UtcTime })
export type SessionView = z.infer<typeof SessionView>

/** Length alone makes a password hard to guess (NIST SP 800-63B section 3.1.1.2 asks for 15 where it stands alone). */
export const NewPassword = z.string().min(15).max(1_000)

export const UserView = z.object({
  username: Username,
  role: Role,
  disabled: z.boolean(),
  createdAt: UtcTime,
  /** Sessions that are good now. */
  sessions: z.number().int(),
})
export type UserView = z.infer<typeof UserView>
export const UserList = z.object({ users: z.array(UserView) })
export type UserList = z.infer<typeof UserList>

export const NewUserRequest = z.object({ username: Username, role: Role, password: NewPassword })
export type NewUserRequest = z.infer<typeof NewUserRequest>

/** What is not named stays; every change ends the account's sessions. */
export const UserPatch = z
  .object({ role: Role.optional(), disabled: z.boolean().optional(), password: NewPassword.optional() })
  .refine((patch) => Object.values(patch).some((value) => value !== undefined), { error: 'nothing is to be changed' })
export type UserPatch = z.infer<typeof UserPatch>

export const PasswordRequest = z.object({ current: z.string().min(1).max(1_000), next: NewPassword })
export type PasswordRequest = z.infer<typeof PasswordRequest>
