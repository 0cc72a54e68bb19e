// From a fresh clone to a running installation in one command. Plain Node: it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { constants as osConstants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  findCommand,
  findFamily,
  installLine,
  judgeNode,
  missingPackages,
  nativeTools,
  testTools,
  tools,
} from './system-tools.mjs'

// Also where Node is too old to know `import.meta.dirname`: it must get as far as being told so.
const root = fileURLToPath(new URL('..', import.meta.url))
const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip', TURBO_TELEMETRY_DISABLED: '1' }
const own = new Set(['--install-only', '--with-tests'])
const flags = new Set(process.argv.slice(2).filter((word) => own.has(word)))
const rest = process.argv.slice(2).filter((word) => !own.has(word))
const began = Date.now()

checkNode(process.versions.node)
const wantsNative = rest.join(' ').match(/--engines[ =]native\b/) !== null
installTools(wantsNative ? [...tools, ...nativeTools] : tools, fail)
// What only tests need is no reason to stop: `npm test` names what it could not test.
if (flags.has('--with-tests')) installTools([...nativeTools, ...testTools], (message) => console.error(message))
installModules()
say('building')
run('npm', ['run', 'build'])
if (flags.has('--install-only')) say('done')
else up()

function checkNode(version) {
  const { ok, message } = judgeNode(version)
  if (!ok) fail(message)
  if (message !== null) console.error(message)
}

/** Installs what is missing where it may; else hands `refuse` the line to type. */
function installTools(wanted, refuse) {
  const family = findFamily()
  const packages = missingPackages(wanted, family)
  if (packages.length === 0) return
  const asRoot = family === 'debian' ? findRootPrefix() : null
  if (asRoot === null) {
    refuse(`Missing: ${packages.join(', ')}. Type this, then start again:\n\n  ${installLine(family, packages)}\n`)
    return
  }
  const [file, ...prefix] = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', '-y']
  say(`installing ${packages.join(' ')}`)
  run(file, [...prefix, 'update'])
  run(file, [...prefix, 'install', '--no-install-recommends', ...packages])
}

/** The words that make a command run as root without a question, or null when there are none. */
function findRootPrefix() {
  if (findCommand('apt-get') === null) return null
  if (process.getuid?.() === 0) return []
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : null
}

/** npm writes this file at the end of an install: older than the lock file means that the lock file has changed. */
function installModules() {
  const installed = join(root, 'node_modules', '.package-lock.json')
  const isFresh =
    existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
  if (isFresh) return
  say('installing npm packages')
  run('npm', ['ci', '--no-audit', '--no-fund'])
}

function run(file, args) {
  const { status, signal, error } = spawnSync(file, args, { cwd: root, env, stdio: 'inherit' })
  if (status !== 0) fail(`${file} ${args.join(' ')}: ${error?.message ?? signal ?? `ended with ${status}`}`)
}

function up() {
  say('starting; the page comes with its address and the first sign-in')
  const command = [join(root, 'packages/cli/bin/streamkeeper.mjs'), 'up', '--demo', ...rest]
  const child = spawn(process.execPath, command, { cwd: root, env, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    // A terminal sends Ctrl-C to the child as well; a second one would mean "at once".
    process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal)))
  child.once('error', (error) => fail(error.message))
  child.once('exit', (code, signal) => process.exit(code ?? 128 + osConstants.signals[signal]))
}

function say(what) {
  console.error(`[${((Date.now() - began) / 1000).toFixed(0).padStart(3)} s] ${what}`)
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
