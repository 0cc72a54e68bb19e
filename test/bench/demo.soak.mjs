// The demo for an hour on local engines: the memory of every part, the spool and the log's tables must be flat after the
// warm-up, and no line of the log an error. A person clears the queue, one case in 5 s. The log is kept for 10 minutes, ids
// for 5 and the spool for 2, so that an hour shows what days would. STREAMKEEPER_SOAK_MINUTES makes it shorter, for a first look.
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { openDatabase } from '@streamkeeper/database'
import { measureMemory } from './processes.mjs'
import { startReviewer } from './reviewer.mjs'

const minutes = Number(process.env.STREAMKEEPER_SOAK_MINUTES ?? 60)
const warmUpMinutes = minutes / 3
const sampleEveryMs = 15_000
const goals = { memory: 1, tables: 2 }
const root = resolve(import.meta.dirname, '../..')

export async function run(say) {
  const folder = mkdtempSync(join(tmpdir(), 'streamkeeper-soak-'))
  const data = join(folder, 'data')
  mkdirSync(data)
  // PostgreSQL runs as another user than root and must reach its cluster in here.
  for (const path of [folder, data]) chmodSync(path, 0o755)
  const up = startUp(data, folder)
  try {
    await up.ready
    const { env } = JSON.parse(readFileSync(join(data, 'run.json'), 'utf8'))
    const database = openDatabase({ url: env.STREAMKEEPER_DATABASE_URL, poolSize: 1 })
    const person = await startReviewer(data)
    const samples = await sample({ data, up, database }, say)
    const cleared = await person.stop()
    const published = await countCases(database)
    await database.close()
    return judge(samples, { ...up, published: { ...published, cleared } })
  } finally {
    up.child.kill('SIGINT')
    await up.ended
    rmSync(folder, { recursive: true, force: true })
  }
}

function startUp(data, folder) {
  const words = ['up', '--engines', 'local', '--demo', '--data', data, '--port', '0', '--json']
  const child = spawn(process.execPath, [join(root, 'packages/cli/bin/streamkeeper.mjs'), ...words], {
    env: {
      ...process.env,
      XDG_STATE_HOME: folder,
      STREAMKEEPER_LOG_RETENTION_MS: '600000',
      STREAMKEEPER_SPOOL_KEEP_MS: '120000',
      STREAMKEEPER_KEEP_MARKS_MS: '300000',
      STREAMKEEPER_WINDOW_MS: '60000',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const errors = []
  const alarms = []
  createInterface({ input: child.stderr }).on('line', (line) => {
    // An alarm is what the product is asked to say to its leads: counted, but no error of a program.
    if (/^\S+ \S+\s+(error|fatal) /.test(line)) (line.includes(' alarm=') ? alarms : errors).push(line.slice(0, 400))
  })
  const ended = new Promise((done) => child.once('close', done))
  const line = new Promise((done) => createInterface({ input: child.stdout }).once('line', done))
  const early = ended.then(() => Promise.reject(new Error(`up ended: ${errors.join('\n')}`)))
  return { child, errors, alarms, ended, ready: Promise.race([line, early]) }
}

async function sample({ data, up, database }, say) {
  const engines = ['redis', 'postgres'].map(
    (name) => JSON.parse(readFileSync(join(data, `native/${name}.pid`), 'utf8')).pid,
  )
  const samples = []
  const began = Date.now()
  while (Date.now() - began < minutes * 60_000) {
    await new Promise((done) => setTimeout(done, sampleEveryMs))
    const [row] = (
      await database.pool.query(
        `select coalesce(sum(pg_total_relation_size(c.oid)), 0)::float8 bytes from pg_class c
         join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'event_log' and c.relkind = 'r'`,
      )
    ).rows
    const atMinutes = (Date.now() - began) / 60_000
    const spool = sizeOf(join(data, 'objects/streamkeeper-spool'))
    samples.push({ atMinutes, ...measureMemory(up.child.pid, engines), '(log tables)': row.bytes, '(spool)': spool })
    if (samples.length % 8 === 0)
      say(`${atMinutes.toFixed(1)} min: ${describe(samples.at(-1))}, errors ${up.errors.length}`)
  }
  return samples
}

/** Bytes of the files below a folder. What goes while it is counted makes du complain, and no difference. */
function sizeOf(folder) {
  const { stdout } = spawnSync('du', ['-s', '-b', folder], { encoding: 'utf8' })
  return Number(stdout.split('\t')[0])
}

async function countCases(database) {
  const { rows } = await database.pool.query(
    'select (select count(*) from cases)::int cases, (select count(*) from stream_segments)::int segments',
  )
  return rows[0]
}

const mib = (bytes) => Number((bytes / 1024 ** 2).toFixed(1))

function describe(sample) {
  return Object.entries(sample)
    .filter(([name]) => name !== 'atMinutes')
    .map(([name, bytes]) => `${name} ${mib(bytes)}`)
    .join(', ')
}

/** Rise by least squares after the warm-up, in percent of the mean in 10 minutes. */
function riseOf(samples, name) {
  const points = samples
    .filter((one) => one.atMinutes >= warmUpMinutes && one[name] !== undefined)
    .map((one) => [one.atMinutes, one[name]])
  const mean = (place) => points.reduce((sum, point) => sum + point[place], 0) / points.length
  const [x, y] = [mean(0), mean(1)]
  const over = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0)
  const under = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0)
  return { percentIn10Minutes: Number((((over / under) * 10 * 100) / y).toFixed(2)), meanMiB: mib(y) }
}

function judge(samples, { errors, alarms, published }) {
  // A helper that lived for a moment is no part that could grow.
  const isPart = (name) => samples.filter((one) => one[name] !== undefined).length > samples.length / 2
  const names = [...new Set(samples.flatMap((one) => Object.keys(one)))].filter(
    (name) => name !== 'atMinutes' && isPart(name),
  )
  const parts = Object.fromEntries(names.map((name) => [name, riseOf(samples, name)]))
  const isTable = (name) => name.startsWith('(')
  const worst = (which) => Math.max(...names.filter(which).map((name) => parts[name].percentIn10Minutes))
  const figure = worst((name) => !isTable(name))
  const tables = worst(isTable)
  return {
    figure,
    unit: 'percent of memory gained in 10 minutes, worst part',
    reference: { name: 'flat', figure: 0 },
    ratio: null,
    goal: goals.memory,
    ok: figure <= goals.memory && tables <= goals.tables && errors.length === 0,
    minutes,
    warmUpMinutes,
    tables: { worst: tables, goal: goals.tables },
    errors: errors.length,
    firstErrors: errors.slice(0, 10),
    alarms: alarms.length,
    published,
    parts,
  }
}
