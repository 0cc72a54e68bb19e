import { constants } from 'node:fs'
import { access, readdir } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import type { Engine, Need } from './engine.js'

// Where packages put programs that are not on everybody's path.
const versioned = ['/usr/lib/postgresql', '/usr/pgsql', '/opt/homebrew/opt', '/usr/local/opt']
const plain = ['/usr/local/bin', '/usr/bin', '/usr/sbin', '/usr/local/sbin', '/usr/local/go/bin', '/opt/homebrew/bin']

/** Path of the first of these commands that the machine has, or null. */
async function findCommand(...names: readonly string[]): Promise<string | null> {
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean),
    ...plain,
    ...(await versionFolders()),
  ]
  for (const name of names)
    for (const folder of folders) {
      const path = join(folder, name)
      if (await isExecutable(path)) return path
    }
  return null
}

/** As findCommand. Throws when there is none. */
export async function requireCommand(...names: readonly string[]): Promise<string> {
  const found = await findCommand(...names)
  if (found === null) throw new Error(`${names.join(' or ')}: not found`)
  return found
}

/** Throws, naming every Debian package at once, when a command is missing that these engines need. */
export async function checkNeeds(engines: readonly Engine[], cache: string): Promise<void> {
  const missing: Need[] = []
  for (const need of engines.flatMap(({ needs }) => needs)) {
    const isNeeded = need.isNeeded?.(cache) ?? true
    if (isNeeded && (await findCommand(...need.commands)) === null) missing.push(need)
  }
  if (missing.length > 0) throw new Error(describeMissing(missing))
}

/** What is missing and the line to type. */
export function describeMissing(missing: readonly Need[]): string {
  const commands = missing.map(({ commands }) => commands.join(' or ')).join(', ')
  const packages = [...new Set(missing.map(({ debian }) => debian))].join(' ')
  return `not found: ${commands}\nOn Debian or Ubuntu: sudo apt-get install -y ${packages}`
}

async function versionFolders(): Promise<readonly string[]> {
  const lists = await Promise.all(
    versioned.map(async (folder) => (await list(folder)).map((name) => join(folder, name, 'bin'))),
  )
  return lists.flat().sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
}

async function list(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => [])
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}
