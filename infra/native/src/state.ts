import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { findFreePorts } from './find-free-ports.js'

/** What stays the same for a data folder as long as it lives. */
export interface State {
  readonly ports: {
    readonly kafka: number
    readonly kafkaController: number
    readonly s3: number
    readonly postgres: number
    readonly redis: number
  }
  readonly kafkaClusterId: string
  readonly s3: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** `clusterId` names the cluster's folder where it cannot lie in the data folder. */
  readonly postgres: { readonly password: string; readonly clusterId: string }
}

/** The state of a data folder, or null when nothing was ever started in it. */
export async function readState(data: string): Promise<State | null> {
  try {
    return JSON.parse(await readFile(stateFile(data), 'utf8')) as State
  } catch (error) {
    if (isMissing(error)) return null
    throw new Error(`${stateFile(data)} cannot be read; remove the data folder to begin anew`, { cause: error })
  }
}

/** The state of a data folder; made at the first call. */
export async function ensureState(data: string): Promise<State> {
  const known = await readState(data)
  if (known !== null) return known
  const [kafka, kafkaController, s3, postgres, redis] = await findFreePorts(5)
  const ports = { kafka, kafkaController, s3, postgres, redis } as State['ports']
  const state: State = {
    ports,
    kafkaClusterId: makeKafkaClusterId(randomBytes(16)),
    s3: { accessKeyId: `SK${randomBytes(9).toString('hex').toUpperCase()}`, secretAccessKey: secret() },
    postgres: { password: secret(), clusterId: randomBytes(6).toString('hex') },
  }
  await writePrivate(stateFile(data), state)
  return state
}

/** What clients read: addresses and credentials. */
export function renderEngines({
  ports,
  s3,
  postgres,
}: State): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const { password } = postgres
  return {
    kafka: { brokers: `127.0.0.1:${ports.kafka}` },
    redis: { url: `redis://127.0.0.1:${ports.redis}` },
    postgres: { url: `postgres://streamkeeper:${password}@127.0.0.1:${ports.postgres}/streamkeeper` },
    s3: { endpoint: `http://127.0.0.1:${ports.s3}`, region: 'us-east-1', ...s3 },
  }
}

/** Adds these engines to `engines.json` in the data folder and returns its path: it names what was ever started there. */
export async function writeEngines(data: string, state: State, names: readonly string[]): Promise<string> {
  const file = join(data, 'engines.json')
  const named = new Set<string>([...(await readNames(file)), ...names])
  await writePrivate(file, Object.fromEntries(Object.entries(renderEngines(state)).filter(([name]) => named.has(name))))
  return file
}

async function readNames(file: string): Promise<readonly string[]> {
  try {
    return Object.keys(JSON.parse(await readFile(file, 'utf8')) as object)
  } catch (error) {
    // A file that cannot be read is written anew.
    if (isMissing(error) || error instanceof SyntaxError) return []
    throw error
  }
}

/** 16 bytes as Kafka writes a UUID; never with a dash in front, which its tool would take for an option. */
export function makeKafkaClusterId(bytes: Buffer): string {
  const copy = Buffer.from(bytes)
  copy[0] = (copy[0] ?? 0) & 0x7f
  return copy.toString('base64url')
}

/** Readable by its owner only, and never half written. */
export async function writePrivate(file: string, value: unknown): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const next = `${file}.${process.pid}`
  await writeFile(next, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
  await rename(next, file)
}

/** True for "no such file", which is an answer and no fault. */
export function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT')
}

/** True when the system gave the error this code. */
export function hasCode(error: unknown, code: string | number): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code
}

function stateFile(data: string): string {
  return join(data, 'native', 'state.json')
}

function secret(): string {
  return randomBytes(24).toString('base64url')
}
