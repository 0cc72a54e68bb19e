import { existsSync } from 'node:fs'
import { chown, lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Engine, Place } from './engine.js'
import { exchange } from './exchange.js'
import { requireCommand } from './find-command.js'
import { isUncollected } from './process-identity.js'
import { runToEnd, type User } from './run-process.js'
import type { State } from './state.js'
import { waitUntil } from './wait-until.js'

/** A private cluster with one role and one database, both called streamkeeper. */
export const postgres: Engine = {
  name: 'postgres',
  title: 'PostgreSQL',
  port: ({ ports }) => ports.postgres,
  needs: [
    { commands: ['initdb'], debian: 'postgresql' },
    { commands: ['postgres'], debian: 'postgresql' },
  ],
  stopSignal: 'SIGINT',
  folders: (state) => [elsewhere(state)],
  prepare,
  command: async (place) => {
    const { folder, user } = await findCluster(place)
    const file = await requireCommand('postgres')
    return { file, args: renderArguments(join(folder, 'cluster'), place.state.ports.postgres), cwd: folder, env, user }
  },
  probe: async ({ ports }) => {
    const answer = await exchange({
      port: ports.postgres,
      request: renderStartup(),
      isWhole: (bytes) => bytes.length >= 9 && bytes.length >= 1 + bytes.readInt32BE(1),
    })
    // While it starts or stops it sends an error; ready, it asks for the password.
    if (answer.toString('latin1', 0, 1) !== 'R') throw new Error(answer.toString('latin1', 5).replaceAll('\0', ' '))
  },
}

// Nothing of the caller's PG* variables may leak in, nor a locale that the machine lacks.
const env = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

/** Arguments of the server: loopback only, no socket file. */
export function renderArguments(cluster: string, port: number): readonly string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    // What one machine's streams touch again and again; the system's own cache holds the rest.
    shared_buffers: '64MB',
    fsync: 'on',
    timezone: 'UTC',
  }
  return ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

/** The first message of a session (protocol 3.0). */
export function renderStartup(): Buffer {
  const words = Buffer.from(['user', 'streamkeeper', 'database', 'streamkeeper', '', ''].join('\0'))
  const head = Buffer.alloc(8)
  head.writeInt32BE(8 + words.length, 0)
  head.writeInt32BE(3 << 16, 4)
  return Buffer.concat([head, words])
}

async function prepare(place: Place): Promise<void> {
  const { folder, user } = await findCluster(place)
  const cluster = join(folder, 'cluster')
  if (existsSync(join(cluster, 'PG_VERSION'))) return waitForBurial(join(cluster, 'postmaster.pid'))
  place.tell('PostgreSQL: making the cluster')
  const making = join(folder, 'making')
  await rm(making, { recursive: true, force: true })
  const initdb = await requireCommand('initdb')
  const args = ['-D', making, '-U', 'owner', '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C', '--no-instructions']
  const passwords = join(folder, 'password')
  await writeFile(passwords, `${place.state.postgres.password}\n`, { mode: 0o600 })
  if (user !== null) await chown(passwords, user.uid, user.gid)
  await runToEnd({ file: initdb, args: [...args, `--pwfile=${passwords}`], cwd: folder, env, user })
  await rm(passwords)
  await runToEnd(
    { file: await requireCommand('postgres'), args: ['--single', '-D', making, 'postgres'], cwd: folder, env, user },
    renderRole(place.state.postgres.password),
  )
  await rename(making, cluster)
}

/** After a crash the dead server's id looks taken until its parent collects it, and PostgreSQL would refuse to start. */
async function waitForBurial(lockFile: string): Promise<void> {
  if (!existsSync(lockFile)) return
  const pid = Number.parseInt(await readFile(lockFile, 'utf8'), 10)
  await waitUntil(async () => {
    if (await isUncollected(pid)) throw new Error(`process ${pid} is dead, and its parent does not collect it`)
  }, 20_000)
}

/** Statements, one a line as the single-user mode wants them. */
export function renderRole(password: string): string {
  if (!/^[\w-]+$/.test(password)) throw new Error('the password would end its quotes')
  return [
    `CREATE ROLE streamkeeper LOGIN CREATEDB PASSWORD '${password}';`,
    'CREATE DATABASE streamkeeper OWNER streamkeeper;',
    '',
  ].join('\n')
}

/** Where the cluster lies and who runs it: PostgreSQL refuses root, and its user must reach the folder. */
async function findCluster({ folder, state }: Place): Promise<{ folder: string; user: User | null }> {
  const user = process.getuid?.() === 0 ? await findUser() : null
  if (existsSync(folder) || (await canReach(dirname(folder), user))) return { folder: await own(folder, user), user }
  return { folder: await own(elsewhere(state), user), user }
}

/** For data folders that the user `postgres` cannot enter; new with every data folder. */
export function elsewhere({ postgres }: Pick<State, 'postgres'>): string {
  return join('/var/tmp', `streamkeeper-postgres-${postgres.clusterId}`)
}

async function findUser(): Promise<User> {
  const id = async (flag: string): Promise<number> =>
    Number(await runToEnd({ file: await requireCommand('id'), args: [flag, 'postgres'], cwd: '/' }))
  return { uid: await id('-u'), gid: await id('-g') }
}

async function canReach(folder: string, user: User | null): Promise<boolean> {
  if (user === null) return true
  await mkdir(folder, { recursive: true })
  const file = await requireCommand('test')
  return runToEnd({ file, args: ['-x', folder], cwd: '/', user }).then(
    () => true,
    () => false,
  )
}

/** Makes the folder private to the user. Throws when another's lies there, who could then read or replace the data. */
async function own(folder: string, user: User | null): Promise<string> {
  const uid = user?.uid ?? process.getuid?.() ?? 0
  const isNew = (await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined
  if (isNew && user !== null) await chown(folder, user.uid, user.gid)
  const found = await lstat(folder)
  if (!found.isDirectory() || found.uid !== uid) throw new Error(`${folder} belongs to another user`)
  return folder
}
