import { randomBytes } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { Role, UserList, UserView } from '@streamkeeper/contracts'
import type { Command } from 'commander'
import { z } from 'zod'
import { callConsole } from '../call-console.js'
import { findRunning } from '../find-running.js'
import { printJson, printLine, UsageError } from '../output.js'
import { withCommon } from './with-common.js'

interface Options {
  readonly role?: string
  readonly passwordStdin?: boolean
  readonly newPassword?: boolean
  readonly disable?: boolean
  readonly enable?: boolean
  readonly json?: boolean
  readonly data?: string
}

/** `users list|add|set|sign-out`: who may sign in at the console, as what. */
export function addUsersCommand(program: Command): void {
  const users = program.command('users').description('Accounts of the console: moderators, leads, auditors, admins')
  const roles = Role.options.join(', ')
  withCommon(users.command('list'), 'users list --json', 'one JSON object a line')
    .description('All accounts')
    .action(list)
  withCommon(users.command('add <username>'), 'users add reviewer07 --role moderator')
    .description('Makes an account; prints its password once unless one is given')
    .requiredOption('--role <role>', roles)
    .option('--password-stdin', 'read the password from standard input')
    .action(add)
  withCommon(users.command('set <username>'), 'users set reviewer07 --role lead')
    .description('Changes an account; ends its sessions')
    .option('--role <role>', roles)
    .option('--new-password', 'make a new password and print it once')
    .option('--password-stdin', 'read a new password from standard input')
    .option('--disable', 'let it sign in no more')
    .option('--enable', 'let it sign in again')
    .action(change)
  withCommon(users.command('sign-out <username>'), 'users sign-out reviewer07')
    .description('Ends every session of an account')
    .action(signOut)
}

async function list({ json, data }: Options): Promise<void> {
  const { users } = await callConsole(await findRunning(data), '/users', UserList)
  for (const user of users) tell(user, { json })
}

async function add(username: string, options: Options): Promise<void> {
  const { role, json, data } = options
  const password = (await passwordOf(options)) ?? makePassword()
  const body = { username, role: roleOf(role), password }
  const user = await callConsole(await findRunning(data), '/users', UserView, { method: 'POST', body })
  tell(user, { json, password: options.passwordStdin === true ? undefined : password })
}

async function change(username: string, options: Options): Promise<void> {
  const { role, newPassword, disable, enable, json, data } = options
  if (disable === true && enable === true) throw new UsageError('either --disable or --enable')
  const made = newPassword === true ? makePassword() : undefined
  const password = made ?? (await passwordOf(options))
  const disabled = disable === true ? true : enable === true ? false : undefined
  const body = { role: role === undefined ? undefined : roleOf(role), disabled, password }
  const path = `/users/${encodeURIComponent(username)}`
  tell(await callConsole(await findRunning(data), path, UserView, { method: 'PATCH', body }), { json, password: made })
}

async function signOut(username: string, { json, data }: Options): Promise<void> {
  const path = `/users/${encodeURIComponent(username)}/sessions`
  await callConsole(await findRunning(data), path, z.null(), { method: 'DELETE' })
  if (json === true) printJson({ username, sessions: 0 })
  else printLine(`${username} is signed out everywhere`)
}

function roleOf(word: string | undefined): Role {
  const role = Role.safeParse(word)
  if (!role.success) throw new UsageError(`--role: one of ${Role.options.join(', ')}`)
  return role.data
}

async function passwordOf({ passwordStdin }: Options): Promise<string | undefined> {
  return passwordStdin === true ? (await text(process.stdin)).replace(/\r?\n$/, '') : undefined
}

function makePassword(): string {
  return randomBytes(15).toString('base64url')
}

function tell(user: UserView, { json, password }: { json: boolean | undefined; password?: string | undefined }): void {
  const { username, role, disabled, sessions } = user
  if (json === true) return printJson({ ...user, ...(password === undefined ? {} : { password }) })
  printLine([username, role, disabled ? 'disabled' : 'enabled', `${sessions} sessions`].join('  '))
  if (password !== undefined) printLine(`password, shown only now: ${password}`)
}
