// `npm test`: every suite, one after the other, and one line at the end that counts them all.
// Engines: taken from STREAMKEEPER_ENGINES_FILE, else started here and stopped again.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const bin = (name) => join('node_modules', '.bin', name)
const scratch = mkdtempSync(join(tmpdir(), 'streamkeeper-test-'))
const counts = { passed: 0, failed: 0, skipped: 0 }
const suites = ['unit', 'architecture', 'engine', 'integration', 'browser']
const wanted = process.argv.slice(2)
let stopping = false

function run(command, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: 'inherit',
      env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip', TURBO_TELEMETRY_DISABLED: '1', ...env },
    })
    child.on('error', () => resolve(1))
    child.on('close', (code) => resolve(code ?? 1))
  })
}

/** A step that is no jest suite counts as one test. */
async function step(name, command, args) {
  console.log(`\n== ${name}`)
  const ok = (await run(command, args)) === 0
  counts[ok ? 'passed' : 'failed'] += 1
  return ok
}

async function jest(suite, env) {
  console.log(`\n== ${suite}`)
  const report = join(scratch, `${suite}.json`)
  // Suites with engines share them and two cores: one file at a time keeps their figures and deadlines honest. A file whose
  // start failed leaves connections open: the run must end all the same.
  const workers = ['engine', 'integration', 'browser'].includes(suite) ? ['--runInBand'] : ['--maxWorkers=2']
  const code = await run(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--no-warnings',
      bin('jest'),
      '--selectProjects',
      suite,
      '--json',
      `--outputFile=${report}`,
      ...workers,
    ],
    env,
  )
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

async function withEngines(use) {
  if (process.env.STREAMKEEPER_ENGINES_FILE !== undefined) return use({})
  const data = join(scratch, 'engines')
  if (!(await step('engines', 'npm', ['run', '--silent', 'engines', '--', 'start', '--data', data]))) return undefined
  try {
    return await use({ STREAMKEEPER_ENGINES_FILE: join(data, 'engines.json') })
  } finally {
    await run('npm', ['run', '--silent', 'engines', '--', 'stop', '--data', data])
  }
}

async function main() {
  const chosen = suites.filter((suite) => wanted.length === 0 || wanted.includes(suite))
  if (!(await step('build', 'npm', ['run', '--silent', 'build']))) return
  if (wanted.length === 0) await step('verify', 'npm', ['run', '--silent', 'verify'])
  for (const suite of chosen.filter((name) => ['unit', 'architecture'].includes(name))) await jest(suite, {})
  const onEngines = chosen.filter((name) => !['unit', 'architecture'].includes(name))
  if (onEngines.length === 0) return
  await withEngines(async (env) => {
    for (const suite of onEngines) if (!stopping) await jest(suite, env)
  })
}

process.on('SIGINT', () => (stopping = true))
await main()
rmSync(scratch, { recursive: true, force: true })
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1
