// What the machine must have before anything of ours can run. Plain Node, like start.mjs: nothing is installed yet.
import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** How each is recognised, and its package by family of systems (null: there is none). */
export const tools = [
  { commands: ['redis-server', 'valkey-server'], debian: 'redis-server', fedora: 'valkey', macos: 'redis' },
  { commands: ['postgres'], debian: 'postgresql', fedora: 'postgresql-server', macos: 'postgresql@17' },
  { commands: ['ffmpeg'], debian: 'ffmpeg', fedora: 'ffmpeg-free', macos: 'ffmpeg' },
  { commands: ['bwrap'], debian: 'bubblewrap', fedora: 'bubblewrap', macos: null },
]

/** What Kafka and the S3 server of `--engines native` run on and are made with. */
export const nativeTools = [
  { commands: ['java'], debian: 'default-jdk-headless', fedora: 'java-latest-openjdk-headless', macos: 'openjdk' },
  { commands: ['mvn'], debian: 'maven', fedora: 'maven', macos: 'maven' },
  { commands: ['go'], debian: 'golang', fedora: 'golang', macos: 'go' },
]

export const testTools = [
  { commands: ['chromium', 'chromium-browser'], debian: 'chromium', fedora: 'chromium', macos: 'chromium' },
  {
    files: ['/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc', '/usr/share/fonts/google-noto-sans-cjk-vf-fonts'],
    debian: 'fonts-noto-cjk',
    fedora: 'google-noto-sans-cjk-vf-fonts',
    macos: null,
  },
]

/** What is to be said of a version of Node, and whether it will do at all. */
export function judgeNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19))
    return { ok: false, message: `Node ${version} is too old: 20.19 or later, best 24 (nodejs.org)` }
  return { ok: true, message: major < 24 ? `Node ${version} will do; 24 is recommended.` : null }
}

/** Packages of those tools that `isThere` does not find, as the family calls them. */
export function missingPackages(wanted, family, isThere = isOnMachine) {
  return wanted.filter((tool) => tool[family] !== null && !isThere(tool)).map((tool) => tool[family])
}

/** The line that a person types to install packages. */
export function installLine(family, packages) {
  const install = {
    debian: 'sudo apt-get update && sudo apt-get install -y',
    fedora: 'sudo dnf install -y',
    macos: 'brew install',
  }
  return `${install[family]} ${packages.join(' ')}`
}

export function findFamily() {
  if (process.platform === 'darwin') return 'macos'
  return findCommand('dnf') !== null && findCommand('apt-get') === null ? 'fedora' : 'debian'
}

function isOnMachine({ commands = [], files = [] }) {
  return commands.some((name) => findCommand(name) !== null) || files.some((file) => existsSync(file))
}

export function findCommand(name) {
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
