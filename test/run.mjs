// `npm test`: installs what is missing, then every suite, one after the other, what could not be tested by name, and one line at the end that counts them
// all. Engines: taken from STREAMKEEPER_ENGINES_FILE, else started here and stopped again. Suites that run on both sets of
// engines run on the local ones always, on Kafka and S3 when this machine can have them.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findContainerEngine, runInContainer } from './in-container.mjs'
import slowFirst from './slow-first.cjs'

const bin = (name) => join('node_modules', '.bin', name)
const scratch = mkdtempSync(join(tmpdir(), 'streamkeeper-test-'))
const counts = { passed: 0, failed: 0, skipped: 0 }
const untested = []
/** `--as-is`: installs and builds nothing, for who has just done so. */
const asIs = process.argv.includes('--as-is')
const wanted = process.argv.slice(2).filter((word) => word !== '--as-is')
const suites = ['unit', 'architecture', 'engine', 'native', 'integration', 'faults', 'page', 'browser']
/** Those of them that need no engines. */
const alone = ['unit', 'architecture']
/** Files that burn processors, or that wait most of their time: two at once. What kills things, and looks at figures and pages, has the machine for itself. */
const twoAtOnce = [...alone, 'engine', 'integration']
/** What a platform meets runs on each set; the others do not depend on it. */
const onEachSet = ['integration', 'faults', 'browser']
const chosen = suites.filter((suite) => wanted.length === 0 || wanted.includes(suite))
const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium'
let stopping = false

/**
 * Runs to the end; what it says on one of its outputs, as a rule standard error, is shown, and its end given back. `isBeside`: other
 * things run meanwhile, so that all of it is shown in one piece at the end.
 */
function run(command, args, env = {}, { heard = 'stderr', isBeside = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['inherit', heard === 'stdout' ? 'pipe' : 'inherit', heard === 'stderr' ? 'pipe' : 'inherit'],
      env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip', TURBO_TELEMETRY_DISABLED: '1', ...env },
    })
    let said = ''
    child[heard].on('data', (chunk) => {
      if (!isBeside) process[heard].write(chunk)
      said = isBeside ? said + String(chunk) : (said + String(chunk)).slice(-4_000)
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

/** Runs a suite and counts what it says. */
async function jest(suite, env) {
  const set = env.STREAMKEEPER_TEST_ENGINES
  const title = set === undefined ? suite : `${suite} on ${set} engines`
  console.log(`\n== ${title}`)
  const report = join(scratch, `${title.replaceAll(' ', '-')}.json`)
  // The broker takes a core by itself.
  const isTwoAtOnce = twoAtOnce.includes(suite) && set !== 'native'
  const workers = isTwoAtOnce ? ['--maxWorkers=2'] : ['--runInBand']
  // A file whose start failed leaves connections open: the run must end all the same.
  if (!alone.includes(suite)) workers.push('--forceExit')
  const { code } = await run(process.execPath, [...jestWords(suite, report), ...workers], env)
  countReport(report, code)
}

/** What Node is told to run a suite. */
function jestWords(suite, report) {
  const flags = ['--experimental-vm-modules', '--no-warnings']
  return [...flags, bin('jest'), '--selectProjects', suite, '--json', `--outputFile=${report}`]
}

function countReport(report, code) {
  if (existsSync(report)) count(JSON.parse(readFileSync(report, 'utf8')), code)
  else counts.failed += 1
}

function count({ numPassedTests, numFailedTests, numPendingTests, numTodoTests, numFailedTestSuites }, code) {
  counts.passed += numPassedTests
  counts.failed += numFailedTests
  counts.skipped += numPendingTests + numTodoTests
  // A file that cannot be loaded has no failed test, and a run can fail after its last one.
  if (numFailedTests === 0 && (numFailedTestSuites > 0 || code !== 0)) counts.failed += 1
}

/**
 * The unit tests on the other Node that is promised too (20 or 24), from the npm package that is a whole Node. Without the
 * files that burn minutes in decoders and models, which are other programs: those do not know what Node they serve. One file at a
 * time, beside the suites with engines, which wait most of their time.
 */
async function unitOnOtherNode() {
  const version = Number(process.versions.node.split('.')[0]) < 24 ? '24.21.0' : '20.20.2'
  const title = `unit on Node ${version}`
  const from = `node-${process.platform}-${process.arch}@${version}`
  const words = ['exec', '--yes', `--package=${from}`, '-c', 'node -p process.execPath']
  const { status, stdout, stderr } = spawnSync('npm', words, { encoding: 'utf8' })
  if (status !== 0) {
    untested.push(`${title} (${from}: ${stderr.trim().split('\n').at(-1)})`)
    return
  }
  const report = join(scratch, 'other-node.json')
  const slow = `(${slowFirst.ofOtherPrograms.join('|')})\\.test\\.ts$`
  const ignored = `--testPathIgnorePatterns=/node_modules/|/dist/|\\.(engine|native)\\.test\\.ts$|${slow}`
  const args = [...jestWords('unit', report), '--maxWorkers=1', ignored]
  const { code, said } = await run(stdout.trim(), args, {}, { isBeside: true })
  console.log(`\n== ${title}, beside the suites before\n${said}`)
  countReport(report, code)
}

const engines = (...words) => ['run', '--silent', 'engines', '--', ...words]

/** Local engines must come up; that a machine cannot run Kafka or S3 is no failure, that they do not start is one. */
async function startEngines(data) {
  if (!(await step('local engines', 'npm', engines('start', 'redis', 'postgres', '--data', data)))) return false
  console.log('\n== Kafka and S3')
  const { code, said } = await run('npm', engines('start', 'kafka', 's3', '--data', data))
  const isMissing = /^not found: /m.test(said)
  if (!isMissing) counts[code === 0 ? 'passed' : 'failed'] += 1
  const isTested = code === 0 || (isMissing && (await inContainer()))
  if (!isTested) untested.push(`Apache Kafka and S3 with Object Lock (${said.trim().split('\n').at(-1)})`)
  return true
}

/** Where Java, Maven and Go are missing and a container engine is there: Kafka and S3 in a container. False when there is none. */
async function inContainer() {
  const engine = findContainerEngine()
  if (engine === null) return false
  console.log(`\n== Kafka and S3 in a container of ${engine}`)
  const found = await runInContainer(engine, process.cwd(), (command, args) =>
    run(command, args, {}, { heard: 'stdout' }),
  )
  counts.failed += found === null ? 1 : 0
  for (const [fate, count] of Object.entries(found ?? {})) counts[fate] += count
  return true
}

async function withEngines(use) {
  const given = process.env.STREAMKEEPER_ENGINES_FILE
  if (given !== undefined) {
    if (!holdsBothSets(given)) untested.push(`Apache Kafka and S3 with Object Lock (${given} names none)`)
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

function holdsBothSets(file) {
  const { kafka, s3 } = JSON.parse(readFileSync(file, 'utf8'))
  return kafka !== undefined && s3 !== undefined
}

function setsIn(file) {
  const sets = holdsBothSets(file) ? ['local', 'native'] : ['local']
  const only = process.env.STREAMKEEPER_TEST_ENGINES
  return sets.filter((set) => only === undefined || set === only)
}

/** The suites that need engines, each with the sets that it runs on. */
async function runOnEngines(file) {
  const sets = setsIn(file)
  for (const suite of chosen.filter((name) => !alone.includes(name))) {
    if (stopping || (suite === 'native' && !sets.includes('native'))) continue
    if (['page', 'browser'].includes(suite) && !existsSync(chromium)) {
      untested.push(`the ${suite} suite (${chromium} is missing; CHROMIUM may name another)`)
      continue
    }
    const variants = onEachSet.includes(suite)
      ? sets.map((set) => ({ STREAMKEEPER_TEST_ENGINES: set }))
      : // What the page shows does not depend on the engines: once is enough.
        [suite === 'page' ? { STREAMKEEPER_TEST_ENGINES: 'local' } : {}]
    for (const variant of variants) await jest(suite, { ...variant, STREAMKEEPER_ENGINES_FILE: file })
  }
}

async function main() {
  // On a fresh clone too: what is there already costs a second.
  const install = ['infra/start.mjs', '--install-only', '--with-tests']
  if (!asIs && !(await step('install', process.execPath, install))) return
  if (!asIs && !(await step('build', 'npm', ['run', '--silent', 'build']))) return
  if (wanted.length === 0) await step('verify', 'npm', ['run', '--silent', 'verify'])
  for (const suite of chosen.filter((name) => alone.includes(name))) await jest(suite, {})
  const beside = chosen.includes('unit') ? unitOnOtherNode() : Promise.resolve()
  if (chosen.some((name) => !alone.includes(name))) await withEngines(runOnEngines)
  await beside
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
