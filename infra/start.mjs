// From a fresh clone to a running installation in one command. Plain Node: it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs'
import { constants as osConstants } from 'node:os'
import { delimiter, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip', TURBO_TELEMETRY_DISABLED: '1' }
const own = new Set(['--install-only', '--with-tests'])
const flags = new Set(process.argv.slice(2).filter((word) => own.has(word)))
const rest = process.argv.slice(2).filter((word) => !own.has(word))
const began = Date.now()

/** What the machine must have: how it is recognised, and its package by family of systems (null: there is none). */
const tools = [
  { commands: ['redis-server', 'valkey-server'], debian: 'redis-server', fedora: 'valkey', macos: 'redis' },
  { commands: ['postgres'], debian: 'postgresql', fedora: 'postgresql-server', macos: 'postgresql@17' },
  { commands: ['ffmpeg'], debian: 'ffmpeg', fedora: 'ffmpeg-free', macos: 'ffmpeg' },
  { commands: ['bwrap'], debian: 'bubblewrap', fedora: 'bubblewrap', macos: null },
]
/** What Kafka and the S3 server of `--engines native` run on and are made with. */
const nativeTools = [
  { commands: ['java'], debian: 'default-jdk-headless', fedora: 'java-latest-openjdk-headless', macos: 'openjdk' },
  { commands: ['mvn'], debian: 'maven', fedora: 'maven', macos: 'maven' },
  { commands: ['go'], debian: 'golang', fedora: 'golang', macos: 'go' },
]
const testTools = [
  { commands: ['chromium', 'chromium-browser'], debian: 'chromium', fedora: 'chromium', macos: 'chromium' },
  {
    files: ['/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc', '/usr/share/fonts/google-noto-sans-cjk-vf-fonts'],
    debian: 'fonts-noto-cjk',
    fedora: 'google-noto-sans-cjk-vf-fonts',
    macos: null,
  },
]

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
  const [major, minor] = version.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19))
    fail(`Node ${version} is too old: 20.19 or later, best 24 (nodejs.org)`)
  if (major < 24) console.error(`Node ${version} will do; 24 is recommended.`)
}

/** Installs what is missing where it may; else hands `refuse` the line to type. */
function installTools(wanted, refuse) {
  const family = findFamily()
  const missing = wanted.filter((tool) => !isThere(tool) && tool[family] !== null)
  if (missing.length === 0) return
  const packages = missing.map((tool) => tool[family])
  const asRoot = family === 'debian' ? findRootPrefix() : null
  if (asRoot === null) {
    refuse(`Missing: ${packages.join(', ')}. Type this, then start again:\n\n  ${lineFor(family, packages)}\n`)
    return
  }
  const [file, ...prefix] = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', '-y']
  say(`installing ${packages.join(' ')}`)
  run(file, [...prefix, 'update'])
  run(file, [...prefix, 'install', '--no-install-recommends', ...packages])
}

function findFamily() {
  if (process.platform === 'darwin') return 'macos'
  return findCommand('dnf') !== null && findCommand('apt-get') === null ? 'fedora' : 'debian'
}

function lineFor(family, packages) {
  const install = {
    debian: 'sudo apt-get update && sudo apt-get install -y',
    fedora: 'sudo dnf install -y',
    macos: 'brew install',
  }
  return `${install[family]} ${packages.join(' ')}`
}

/** The words that make a command run as root without a question, or null when there are none. */
function findRootPrefix() {
  if (findCommand('apt-get') === null) return null
  if (process.getuid?.() === 0) return []
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : null
}

function isThere({ commands = [], files = [] }) {
  return commands.some((name) => findCommand(name) !== null) || files.some((file) => existsSync(file))
}

function findCommand(name) {
  const plain = ['/usr/local/bin', '/usr/bin', '/usr/sbin', '/usr/local/go/bin', '/opt/homebrew/bin']
  const versioned = ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt'].flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder).map((version) => join(folder, version, 'bin')) : [],
  )
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...plain, ...versioned]
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
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
