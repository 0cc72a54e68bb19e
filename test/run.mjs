// `npm test`: installs what is missing, then every suite, one after the other, what could not be tested by name, and one line at the end that counts them
// all. Engines: taken from STREAMKEEPER_ENGINES_FILE, else started here and stopped again. Suites that run on both sets of
// engines run on the local ones always, on Kafka and S3 when this machine can have them.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const bin = (name) => join('node_modules', '.bin', name)
const scratch = mkdtempSync(join(tmpdir(), 'streamkeeper-test-'))
const counts = { passed: 0, failed: 0, skipped: 0 }
const untested = []
const wanted = process.argv.slice(2)
const suites = ['unit', 'architecture', 'engine', 'native', 'integration', 'page', 'browser']
const chosen = suites.filter((suite) => wanted.length === 0 || wanted.includes(suite))
const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium'
let stopping = false

/** Runs to the end; what it says on standard error is shown and given back. */
function run(command, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['inherit', 'inherit', 'pipe'],
      env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip', TURBO_TELEMETRY_DISABLED: '1', ...env },
    })
    let said = ''
    child.stderr.on('data', (chunk) => {
      process.stderr.write(chunk)
      said = (said + String(chunk)).slice(-4_000)
    })
    child.on('error', (error) => resolve({ code: 1, said: error.message }))
    child.on('close', (code) => resolve({ code: code ?? 1, said }))
  })
}

/** A step that is no jest suite counts as one test. */
async function step(name, command, args) {
  console.log(`\n== ${name}`)
  const ok = (await run(command, args)).code === 0
  counts[ok ? 'passed' : 'failed'] += 1
  return ok
}

async function jest(suite, env) {
  const set = env.STREAMKEEPER_TEST_ENGINES
  const name = set === undefined ? suite : `${suite} on ${set} engines`
  console.log(`\n== ${name}`)
  const report = join(scratch, `${name.replaceAll(' ', '-')}.json`)
  // Suites with engines share them and two cores: one file at a time keeps their figures and deadlines honest. A file whose
  // start failed leaves connections open: the run must end all the same.
  const workers = ['unit', 'architecture'].includes(suite) ? ['--maxWorkers=2'] : ['--runInBand', '--forceExit']
  const flags = ['--experimental-vm-modules', '--no-warnings']
  const args = [...flags, bin('jest'), '--selectProjects', suite, '--json', `--outputFile=${report}`, ...workers]
  const { code } = await run(process.execPath, args, env)
  if (!existsSync(report)) {
    counts.failed += 1
    return
  }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numFailedTestSuites } = JSON.parse(
    readFileSync(report, 'utf8'),
  )
  counts.passed += numPassedTests
  counts.failed += numFailedTests
  counts.skipped += numPendingTests + numTodoTests
  // A file that cannot be loaded has no failed test, and a run can fail after its last one.
  if (numFailedTests === 0 && (numFailedTestSuites > 0 || code !== 0)) counts.failed += 1
}

const engines = (...words) => ['run', '--silent', 'engines', '--', ...words]

/** Local engines must come up; that a machine cannot run Kafka or S3 is no failure, that they do not start is one. */
async function startEngines(data) {
  if (!(await step('local engines', 'npm', engines('start', 'redis', 'postgres', '--data', data)))) return false
  console.log('\n== Kafka and S3')
  const { code, said } = await run('npm', engines('start', 'kafka', 's3', '--data', data))
  const isMissing = /^not found: /m.test(said)
  if (code !== 0) untested.push(`Apache Kafka and S3 with Object Lock (${said.trim().split('\n').at(-1)})`)
  if (!isMissing) counts[code === 0 ? 'passed' : 'failed'] += 1
  return true
}

async function withEngines(use) {
  const given = process.env.STREAMKEEPER_ENGINES_FILE
  if (given !== undefined) {
    await use(given)
    return
  }
  const data = join(scratch, 'engines')
  try {
    if (await startEngines(data)) await use(join(data, 'engines.json'))
  } finally {
    await run('npm', engines('stop', '--data', data))
  }
}

function setsIn(file) {
  const { kafka, s3 } = JSON.parse(readFileSync(file, 'utf8'))
  const sets = kafka === undefined || s3 === undefined ? ['local'] : ['local', 'native']
  const only = process.env.STREAMKEEPER_TEST_ENGINES
  return sets.filter((set) => only === undefined || set === only)
}

/** The suites that need engines, each with the sets that it runs on. */
async function runOnEngines(file) {
  const sets = setsIn(file)
  for (const suite of chosen.filter((name) => !['unit', 'architecture'].includes(name))) {
    if (stopping || (suite === 'native' && !sets.includes('native'))) continue
    if (['page', 'browser'].includes(suite) && !existsSync(chromium)) {
      untested.push(`the ${suite} suite (${chromium} is missing; CHROMIUM may name another)`)
      continue
    }
    const variants = ['integration', 'browser'].includes(suite)
      ? sets.map((set) => ({ STREAMKEEPER_TEST_ENGINES: set }))
      : // What the page shows does not depend on the engines: once is enough.
        [suite === 'page' ? { STREAMKEEPER_TEST_ENGINES: 'local' } : {}]
    for (const variant of variants) await jest(suite, { ...variant, STREAMKEEPER_ENGINES_FILE: file })
  }
}

async function main() {
  // On a fresh clone too: what is there already costs a second.
  const install = ['infra/start.mjs', '--install-only', '--with-tests']
  if (!(await step('install', process.execPath, install))) return
  if (!(await step('build', 'npm', ['run', '--silent', 'build']))) return
  if (wanted.length === 0) await step('verify', 'npm', ['run', '--silent', 'verify'])
  for (const suite of chosen.filter((name) => ['unit', 'architecture'].includes(name))) await jest(suite, {})
  if (chosen.some((name) => !['unit', 'architecture'].includes(name))) await withEngines(runOnEngines)
}

process.on('SIGINT', () => (stopping = true))
await main()
rmSync(scratch, { recursive: true, force: true })
for (const what of untested) console.log(`\n!! NOT TESTED: ${what}`)
if (untested.length > 0 && process.env.STREAMKEEPER_REQUIRE_ENGINES === '1') {
  console.log('\n!! STREAMKEEPER_REQUIRE_ENGINES=1: what is not tested counts as failed')
  counts.failed += untested.length
}
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1
