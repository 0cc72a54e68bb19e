import { execFile } from 'node:child_process'
import { createHash, createHmac } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { EngineName } from './engine.js'
import { exchange } from './exchange.js'
import { requireCommand } from './find-command.js'
import { elsewhere } from './postgres.js'
import { identify, isAlive } from './process-identity.js'
import { runVerb, type Result } from './run-verb.js'
import { readState, type State } from './state.js'

/** A whole set of its own; it never touches the set that the other tests use. */
let data: string
let state: State

const verb = (words: 'start' | 'stop' | 'status', engines: readonly EngineName[], kill = false): Promise<Result> =>
  runVerb({ verb: words, engines, data, kill }, { onReport: () => undefined, onWait: () => undefined })
const all = ['kafka', 's3', 'postgres', 'redis'] as const

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'native-engines-'))
  await verb('start', all)
  const made = await readState(data)
  if (made === null) throw new Error('the start left no state')
  state = made
}, 300_000)

afterAll(async () => {
  await verb('stop', all, true)
  // The user postgres may not be able to enter the data folder; then its cluster lies elsewhere.
  for (const folder of [data, elsewhere(state)]) await rm(folder, { recursive: true, force: true })
}, 60_000)

it('a second start changes nothing', async () => {
  const before = await readFile(join(data, 'engines.json'), 'utf8')
  const { engines } = await verb('start', all)
  expect(engines.map(({ outcome }) => outcome)).toEqual(['running', 'running', 'running', 'running'])
  expect(await readFile(join(data, 'engines.json'), 'utf8')).toBe(before)
}, 60_000)

interface Keeper {
  readonly engine: EngineName
  readonly write: () => Promise<void>
  readonly read: () => Promise<string>
  readonly expected: string
}

const keepers: readonly Keeper[] = [
  {
    engine: 'redis',
    write: async () => void (await askRedis('SET kept yes')),
    read: () => askRedis('GET kept'),
    expected: '$3',
  },
  {
    engine: 'postgres',
    write: async () => void (await sql(makeTable)),
    read: () => sql('SELECT * FROM kept'),
    expected: '7',
  },
  { engine: 'kafka', write: makeTopic, read: async () => String(await countPartitions()), expected: '3' },
  { engine: 's3', write: putTwice, read: readFirst, expected: 'first' },
]

describe.each(keepers)('$engine, killed', ({ engine, write, read, expected }) => {
  it('comes back at its old port with what it had taken', async () => {
    await write()
    expect(await read()).toBe(expected)
    const { engines } = await verb('stop', [engine], true)
    expect(engines.map(({ outcome }) => outcome)).toEqual(['killed'])
    await expect(read()).rejects.toThrow()
    expect((await verb('status', all)).ok).toBe(false)
    await verb('start', [engine])
    expect(await read()).toBe(expected)
    expect((await verb('status', all)).ok).toBe(true)
  }, 180_000)
})

it('the role may create databases and is no superuser', async () => {
  await sql('CREATE DATABASE another')
  expect(await sql('SELECT rolsuper FROM pg_roles WHERE rolname = current_user')).toBe('f')
}, 30_000)

it('no process is left after a stop', async () => {
  const { engines } = await verb('status', all)
  const running = await Promise.all(engines.map(({ pid }) => identify(pid ?? 0)))
  const stopped = await verb('stop', all)
  expect(stopped.engines.map(({ outcome }) => outcome)).toEqual(['stopped', 'stopped', 'stopped', 'stopped'])
  for (const identity of running) expect(await isAlive(identity)).toBe(false)
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'args='])
  expect(stdout.split('\n').filter((line) => line.includes(data))).toEqual([])
}, 120_000)

/** The first line of the answer. */
async function askRedis(words: string): Promise<string> {
  const isWhole = (bytes: Buffer) => bytes.includes('\r\n')
  const answer = await exchange({ port: state.ports.redis, request: Buffer.from(`${words}\r\n`), isWhole })
  return answer.toString().split('\r\n')[0] ?? ''
}

const makeTable = 'CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)'

async function sql(text: string): Promise<string> {
  const url = `postgres://streamkeeper@127.0.0.1:${state.ports.postgres}/streamkeeper`
  const env = { PATH: process.env['PATH'], PGPASSWORD: state.postgres.password }
  const { stdout } = await promisify(execFile)(await requireCommand('psql'), ['-XAtq', url, '-c', text], { env })
  return stdout.trim()
}

const int16 = (value: number) => Buffer.from([value >> 8, value & 255])
const int32 = (value: number) => Buffer.concat([int16((value >> 16) & 0xffff), int16(value & 0xffff)])
const text = (value: string) => Buffer.concat([int16(value.length), Buffer.from(value)])

/** One request to the broker; the answer without its size and correlation. */
async function askKafka(api: number, version: number, body: readonly Buffer[]): Promise<Buffer> {
  const message = Buffer.concat([int16(api), int16(version), int32(1), text('test'), ...body])
  const isWhole = (bytes: Buffer) => bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0)
  const request = Buffer.concat([int32(message.length), message])
  return (await exchange({ port: state.ports.kafka, request, isWhole, withinMs: 10_000 })).subarray(8)
}

/** CreateTopics 2: three partitions, one replica, no assignments and no settings. */
async function makeTopic(): Promise<void> {
  const topic = [text('kept'), int32(3), int16(1), int32(0), int32(0)]
  await askKafka(19, 2, [int32(1), ...topic, int32(10_000), Buffer.from([0])])
}

/** Metadata 1 of the one topic, read from its end: every partition has id, leader, one replica and one in sync. */
async function countPartitions(): Promise<number> {
  const answer = await askKafka(3, 1, [int32(1), text('kept')])
  const name = answer.lastIndexOf(text('kept'))
  if (answer.readInt16BE(name - 2) !== 0) throw new Error(`topic error ${answer.readInt16BE(name - 2)}`)
  return answer.readInt32BE(name + text('kept').length + 1)
}

let firstVersion = ''

async function putTwice(): Promise<void> {
  await askS3('PUT', '/kept')
  await askS3(
    'PUT',
    '/kept',
    'versioning=',
    '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>',
  )
  firstVersion = (await askS3('PUT', '/kept/object', '', 'first')).headers.get('x-amz-version-id') ?? ''
  await askS3('PUT', '/kept/object', '', 'second')
}

async function readFirst(): Promise<string> {
  return (await askS3('GET', '/kept/object', `versionId=${firstVersion}`)).text()
}

/** One request, signed as S3 wants it (signature version 4). */
async function askS3(method: string, path: string, query = '', body = ''): Promise<Response> {
  const host = `127.0.0.1:${state.ports.s3}`
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const scope = `${time.slice(0, 8)}/us-east-1/s3/aws4_request`
  const sha256 = (value: string) => createHash('sha256').update(value).digest('hex')
  const hmac = (key: Buffer | string, value: string) => createHmac('sha256', key).update(value).digest()
  const digest = sha256(body)
  const names = 'host;x-amz-content-sha256;x-amz-date'
  const headers = `host:${host}\nx-amz-content-sha256:${digest}\nx-amz-date:${time}\n`
  const canonical = [method, path, query, headers, names, digest].join('\n')
  const key = scope.split('/').reduce<Buffer | string>(hmac, `AWS4${state.s3.secretAccessKey}`)
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString('hex')
  const authorization = `AWS4-HMAC-SHA256 Credential=${state.s3.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`
  const response = await fetch(`http://${host}${path}${query === '' ? '' : `?${query}`}`, {
    method,
    headers: { authorization, 'x-amz-content-sha256': digest, 'x-amz-date': time },
    ...(method === 'GET' ? {} : { body }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return response
}
