import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import {
  DecideHeldRequest,
  HeldListQuery,
  type DecideHeldView,
  type HeldList,
  type HeldView,
} from '@streamkeeper/contracts'
import { createProgram } from '../program.js'

/** A console that keeps to the contract, with 250 messages of one stream; the last of them is decided already. */
const folder = mkdtempSync(join(tmpdir(), 'held-'))
const at = '2026-01-01T00:00:00.000Z'
const view = (n: number): HeldView => ({
  streamId: 's',
  messageId: `m${n}`,
  title: null,
  accountId: 'a',
  nickname: null,
  text: `text ${n} \u001b[2J\u202e`,
  matches: [{ entry: 'kite', category: 'FRAUD', severity: 50, start: 0, end: 4, matched: 'text', via: [] }],
  severity: 50,
  fallback: null,
  policy: { name: 'p', version: '1', sha256: 'a'.repeat(64) },
  heldAt: at,
  dueAt: at,
  timeoutVerdict: 'block',
})
const all = Array.from({ length: 250 }, (_, n) => view(n))
const calls: { readonly path: string; readonly authorization: string | undefined; readonly size?: number }[] = []

function list(query: URLSearchParams): HeldList {
  const { limit, after = '0', stream } = HeldListQuery.parse(Object.fromEntries(query))
  const end = Number(after) + limit
  const found = stream === 'none' ? [] : all
  const messages = found.slice(Number(after), end)
  return { messages, waiting: 250, streams: [], next: end < found.length ? String(end) : null, at }
}

function decide(body: unknown): DecideHeldView {
  const { decision, messages } = DecideHeldRequest.parse(body)
  const results = messages.map(({ streamId, messageId }) => {
    const key = { streamId, messageId }
    if (!all.some((one) => one.messageId === messageId))
      return { ...key, result: 'unknown' as const, state: null, decidedBy: null, decidedAt: null }
    const state = decision === 'release' ? ('released' as const) : ('blocked' as const)
    if (messageId !== 'm249') return { ...key, result: 'done' as const, state, decidedBy: 'local', decidedAt: at }
    return { ...key, result: 'already-decided' as const, state: 'blocked' as const, decidedBy: 'pat', decidedAt: at }
  })
  return { results, waiting: 7 }
}

let server: Server
let lines: string[]
beforeAll(async () => {
  server = createServer((request, response) => {
    void (async () => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://x')
      const { authorization } = request.headers
      const body = request.method === 'POST' ? await json(request) : null
      const size = body === null ? {} : { size: DecideHeldRequest.parse(body).messages.length }
      calls.push({ path: pathname, authorization, ...size })
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(body === null ? list(searchParams) : decide(body)))
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const run = { pid: 1, startedAt: at, dataDir: folder, console: `http://127.0.0.1:${port}`, token: 't' }
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...run, env: {}, services: {} }))
}, 30_000)
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})
beforeEach(() => {
  calls.length = 0
  process.exitCode = 0
})
afterAll(() => (process.exitCode = undefined))

/** Standard output of a command, and its exit code. */
async function run(...words: string[]): Promise<{ lines: string[]; code: number | string | undefined }> {
  lines = []
  const write = process.stdout.write.bind(process.stdout)
  process.stdout.write = (text: string | Uint8Array) => lines.push(...String(text).trimEnd().split('\n')) > 0
  try {
    const program = await createProgram(['held'])
    await program.parseAsync(['node', 'streamkeeper', 'held', ...words, '--data', folder])
  } finally {
    process.stdout.write = write
  }
  return { lines, code: process.exitCode ?? 0 }
}
const parse = (printed: readonly string[]): unknown[] => printed.map((line) => JSON.parse(line) as unknown)

test('list pages through all that wait, up to the limit, one JSON object a line', async () => {
  const { lines: printed, code } = await run('list', '--json', '--limit', '230')
  expect(parse(printed)).toEqual(all.slice(0, 230))
  expect(code).toBe(0)
  expect(calls).toHaveLength(3)
  expect(calls[0]?.authorization).toBe('Bearer t')
  expect((await run('list', '--json', '--limit', '1000')).lines).toHaveLength(250)
  expect((await run('list', '--stream', 'none')).lines).toEqual([])
}, 30_000)

test('what a viewer wrote cannot move the cursor nor turn the line around', async () => {
  const { lines: printed } = await run('list', '--limit', '1')
  expect(printed.join('')).toContain('text 0 \\u{1b}[2J\\u{202e}')
  // oxlint-disable-next-line no-control-regex
  expect(printed.join('')).not.toMatch(/[\u0000-\u001f\u202e]/)
}, 30_000)

test('release and block say of each message what became of it, 200 a call, each once', async () => {
  const ids = all.slice(0, 210).map(({ messageId }) => messageId)
  const released = await run('release', ...ids, 'm0', '--stream', 's', '--json')
  expect(calls.map(({ size }) => size)).toEqual([200, 10])
  expect(parse(released.lines).at(-1)).toEqual({
    event: 'decided',
    decision: 'release',
    done: 210,
    alreadyDecided: 0,
    unknown: 0,
    waiting: 7,
  })
  expect(released.code).toBe(0)
}, 30_000)

test('who was quicker is named, and the exit code says that not all was done', async () => {
  const blocked = await run('block', 'm1', 'm249', 'gone', '--stream', 's')
  expect(blocked.lines).toEqual([
    'm1: blocked',
    `m249: decided before: blocked by pat at ${at}`,
    'gone: not known: see `held list`',
    '1 done, 1 decided before, 1 not known; 7 wait',
  ])
  expect(blocked.code).toBe(2)
}, 30_000)

test.each([
  [['list', '--limit', '0'], '--limit: a number from 1'],
  [['list', '--order', 'random'], '--order: oldest or newest'],
  [['list', '--stream', 'a/b'], '--stream: a/b is no id'],
  [['release', 'a b', '--stream', 's'], 'messageId: a b is no id'],
])(
  '%j is wrong usage that names field and remedy',
  async (words, message) => {
    await expect(run(...words)).rejects.toMatchObject({ name: 'UsageError', message: expect.stringContaining(message) })
    expect(calls).toEqual([])
  },
  30_000,
)
