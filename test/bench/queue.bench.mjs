// The review queue with 10,000 open cases and 20 reviewers at once: how long a claim and a decision take over the console's
// API, beside the bare queue, once the console is warm. STREAMKEEPER_BENCH_PAUSE_MS: how long each looks at a case before deciding on
// it (0: 20 who never think, the worst there is). Wants running engines (Redis, PostgreSQL); the console is started here, on a database of its own.
import { spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { addUser, createScratchDatabase, createSession, migrate, openDatabase } from '@streamkeeper/database'
import { createBullReviewQueue } from '@streamkeeper/queue'
import { createLogger } from '@streamkeeper/runtime'

const openCases = Number(process.env.STREAMKEEPER_BENCH_CASES ?? 10_000)
const [reviewers, each] = [20, 25]
/** Rounds that do not count: a process that has just started compiles what it runs often. */
const warmRounds = 10
const pauseMs = Number(process.env.STREAMKEEPER_BENCH_PAUSE_MS ?? 0)
const goals = { claimMs: 25, decideMs: 50 }
const root = resolve(import.meta.dirname, '../..')
const prefix = `bench-${randomUUID().slice(0, 8)}.`

export async function run(say) {
  const file = process.env.STREAMKEEPER_ENGINES_FILE ?? join(root, '.streamkeeper/engines.json')
  const engines = JSON.parse(readFileSync(file, 'utf8'))
  const folder = mkdtempSync(join(tmpdir(), 'streamkeeper-bench-'))
  const scratch = await createScratchDatabase(engines.postgres.url)
  const database = openDatabase({ url: scratch.url, poolSize: 4 })
  const logger = createLogger({ name: 'bench', level: 'error' })
  const queue = createBullReviewQueue({ redisUrl: engines.redis.url, prefix: `${prefix}streamkeeper`, logger })
  try {
    await migrate(database)
    const bare = await measureBare(queue)
    say(`bare queue: next p99 ${bare} ms`)
    await fill(database, queue)
    say(`${openCases} cases are open`)
    const page = await startConsole({ databaseUrl: scratch.url, redisUrl: engines.redis.url, folder })
    const took = await review(page, await signIn(database))
    return report(took, bare)
  } finally {
    for (const child of children) child.kill('SIGTERM')
    await queue.close()
    await database.close()
    await scratch.drop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const jobOf = (n) => ({
  caseId: `case-${n}`,
  streamId: `stream-${n}`,
  tier: 'P2',
  priority: n % 500,
  openedAt: new Date().toISOString(),
})

/** Taking jobs from the queue alone, one after the other for each of the reviewers. */
async function measureBare(queue) {
  for (let n = 0; n < reviewers * each; n += 1) await queue.put({ ...jobOf(n), caseId: `bare-${n}` })
  const took = []
  await inParallel(async () => {
    const from = performance.now()
    await queue.next()
    took.push(performance.now() - from)
  })
  return percentile(took, 99)
}

async function fill({ pool }, queue) {
  const signal = `json_build_object('signalId', 's' || n, 'streamId', 'stream-' || n, 'lane', 'chat', 'label', 'FRAUD',
    'score', 0.9, 'severity', 60, 'at', '2026-01-01T00:00:00.000Z', 'shadow', false,
    'source', json_build_object('name', 'lexicon', 'version', '1', 'sha256', repeat('a', 64)))`
  const from = `from generate_series(1, ${openCases}) n`
  await pool.query(`insert into cases (case_id, stream_id, account_id, title, class, state, tier, severity, priority, labels,
      viewers, live, opened_at, deadline_at, version, updated_at)
    select 'case-' || n, 'stream-' || n, 'account-' || n % 5000, 'Title', 'game', 'open', 'P2', 60, n % 500, '["FRAUD"]', 10, true,
      now(), now() + interval '10 minutes', 1, now() - interval '1 hour' ${from}`)
  await pool.query(
    `insert into case_signals (case_id, signal_id, data) select 'case-' || n, 's' || n, ${signal} ${from}`,
  )
  await pool.query('analyze')
  for (let n = 1; n <= openCases; n += 200)
    await Promise.all(Array.from({ length: Math.min(200, openCases - n + 1) }, (_, m) => queue.put(jobOf(n + m))))
}

const children = []

function startConsole({ databaseUrl, redisUrl, folder }) {
  const child = spawn(process.execPath, [join(root, 'services/console/dist/main.js')], {
    env: {
      PATH: process.env.PATH,
      STREAMKEEPER_DATABASE_URL: databaseUrl,
      STREAMKEEPER_REDIS_URL: redisUrl,
      STREAMKEEPER_OBJECTS_DIR: folder,
      STREAMKEEPER_DATA_DIR: folder,
      STREAMKEEPER_TOPIC_PREFIX: prefix,
      STREAMKEEPER_CONSOLE_PORT: '0',
      STREAMKEEPER_LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  return new Promise((done, fail) => {
    child.once('close', (code) => fail(new Error(`console ended with ${code}`)))
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line)
      if (said.event === 'page') done(said.page)
    })
  })
}

async function signIn(database) {
  const at = new Date()
  return Promise.all(
    Array.from({ length: reviewers }, async (_, n) => {
      const username = `reviewer${n}`
      const by = { actor: 'bench', role: 'admin', at }
      await addUser(database, { username, role: 'moderator', passwordHash: 'none' }, by)
      const tokenHash = createHash('sha256').update(username).digest('hex')
      const expiresAt = new Date(at.getTime() + 3_600_000)
      await createSession(database, { tokenHash, username, csrf: username, createdAt: at, lastSeenAt: at, expiresAt })
      return { cookie: `streamkeeper_session=${username}`, 'x-csrf-token': username }
    }),
  )
}

/** Each reviewer clears case after case. */
async function review(page, sessions) {
  const took = { claim: [], show: [], list: [], decide: [] }
  const ask = async (kind, session, path, body) => {
    const from = performance.now()
    const answer = await fetch(`${page}/api/v1${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...session, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const said = await answer.json()
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${said.code}`)
    took[kind].push(performance.now() - from)
    return said
  }
  const clearOne = async (n) => {
    const session = sessions[n]
    await think(pauseMs / 2)
    const { caseId, leaseToken } = await ask('claim', session, '/cases/next', {})
    const detail = await ask('show', session, `/cases/${caseId}`)
    await ask('list', session, '/cases?state=waiting&limit=100')
    await think(pauseMs / 2)
    await ask('decide', session, `/cases/${caseId}/decisions`, {
      action: 'warn-streamer',
      label: 'FRAUD',
      textForStreamer: 'Please stop.',
      seenThroughSeq: Math.max(...detail.signals.map(({ seq }) => seq)),
      expectedVersion: detail.case.version,
      leaseToken,
      idempotencyKey: randomUUID(),
    })
  }
  await inParallel(clearOne, warmRounds)
  for (const values of Object.values(took)) values.length = 0
  await inParallel(clearOne)
  return took
}

/** Nobody's time is another's: people who began together must not stay in step. */
async function think(meanMs) {
  if (meanMs > 0) await new Promise((done) => setTimeout(done, meanMs * 2 * Math.random()))
}

async function inParallel(work, rounds = each) {
  const lane = async (n) => {
    for (let round = 0; round < rounds; round += 1) await work(n)
  }
  await Promise.all(Array.from({ length: reviewers }, (_, n) => lane(n)))
}

function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b)
  return Number((sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * share) / 100))] ?? 0).toFixed(1))
}

function report(took, bare) {
  const figures = Object.fromEntries(
    Object.entries(took).map(([kind, values]) => [kind, { p50: percentile(values, 50), p99: percentile(values, 99) }]),
  )
  return {
    figure: figures.decide.p99,
    unit: 'ms, p99 of a decision over the API',
    reference: { name: 'next of the bare queue, p99 ms', figure: bare },
    ratio: Number((figures.decide.p99 / bare).toFixed(2)),
    goal: goals.decideMs,
    ok: figures.decide.p99 <= goals.decideMs && figures.claim.p99 <= goals.claimMs,
    openCases,
    reviewers,
    pauseMs,
    figures,
    goals,
  }
}
