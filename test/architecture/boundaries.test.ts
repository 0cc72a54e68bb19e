import { execFileSync } from 'node:child_process'
import {
  existsSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { repositoryRoot } from '@streamkeeper/testkit'

/** A copy of the tree's own files, in which a violation can be planted. */
const copy = mkdtempSync(join(tmpdir(), 'streamkeeper-rooms-'))
const bin = (name: string) => join(repositoryRoot(), 'node_modules', '.bin', name)

interface Answer {
  readonly ok: boolean
  readonly output: string
}

function run(command: string, args: readonly string[]): Answer {
  try {
    return {
      ok: true,
      output: execFileSync(command, args, {
        cwd: copy,
        encoding: 'utf8',
        stdio: 'pipe',
        maxBuffer: 64 * 1024 * 1024,
        env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
      }),
    }
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string }
    return { ok: false, output: `${stdout ?? ''}${stderr ?? ''}` }
  }
}

const turbo = () => run(bin('turbo'), ['boundaries'])
const cruise = () =>
  run(bin('depcruise'), [
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
    'packages',
    'services',
    'infra',
    'test',
  ])

interface Cruise {
  readonly summary: {
    totalCruised: number
    totalDependenciesCruised: number
    violations: readonly { from: string; rule: { name: string } }[]
  }
}

/** Each broken rule with the room that broke it. */
function rulesBroken(): string[] {
  const { summary } = JSON.parse(cruise().output) as Cruise
  return summary.violations.map(({ rule, from }) => `${rule.name} in ${roomOf(from)}`)
}

function roomOf(file: string): string {
  return file.split('/').slice(0, 2).join('/')
}

/** Libraries are the repository's; our own rooms are the copy's, or a planted line would be looked for elsewhere. */
function linkModules(): void {
  const [from, to] = [join(repositoryRoot(), 'node_modules'), join(copy, 'node_modules')]
  mkdirSync(join(to, '@streamkeeper'), { recursive: true })
  for (const name of readdirSync(from)) if (name !== '@streamkeeper') symlinkSync(join(from, name), join(to, name))
  for (const name of readdirSync(join(from, '@streamkeeper'))) {
    const room = relative(repositoryRoot(), realpathSync(join(from, '@streamkeeper', name)))
    symlinkSync(join(copy, room), join(to, '@streamkeeper', name))
    // Some rooms hold a version of their own.
    const own = join(repositoryRoot(), room, 'node_modules')
    if (existsSync(own)) symlinkSync(own, join(copy, room, 'node_modules'))
  }
}

beforeAll(() => {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: repositoryRoot(),
    encoding: 'utf8',
  })
    .split('\0')
    .filter(Boolean)
  for (const file of files) if (!/\.(onnx|mp4|png)$/.test(file)) cpSync(join(repositoryRoot(), file), join(copy, file))
  linkModules()
  execFileSync('git', ['init', '-q'], { cwd: copy })
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

/** Writes lines at the head of files, looks, and puts the files back. */
function plant<T>(lines: readonly (readonly [file: string, line: string])[], look: () => T): T {
  const before = new Map(lines.map(([file]) => [file, readFileSync(join(copy, file), 'utf8')]))
  for (const [file, line] of lines)
    writeFileSync(join(copy, file), `${line}\n${readFileSync(join(copy, file), 'utf8')}`)
  try {
    return look()
  } finally {
    for (const [file, text] of before) writeFileSync(join(copy, file), text)
  }
}

describe('the clean tree', () => {
  it('is accepted by both guards, and both really looked', () => {
    expect(turbo().output).toMatch(/Checked \d{3,} files in 2\d packages, no issues found/)
    const { summary } = JSON.parse(cruise().output) as Cruise
    expect(summary.violations).toEqual([])
    expect(summary.totalCruised).toBeGreaterThan(200)
    expect(summary.totalDependenciesCruised).toBeGreaterThan(600)
  }, 60_000)
})

describe('a planted violation is refused', () => {
  it.each([
    ['a service imports a service by name', 'services/screen/src/service.ts', `import '@streamkeeper/archive'`],
    ['a service imports a library it does not declare', 'services/ingest/src/service.ts', `import 'kafkajs'`],
    ['a service opens a store by itself', 'services/archive/src/service.ts', `import '@streamkeeper/storage'`],
    ['an adapter imports an adapter', 'packages/kafka/src/index.ts', `import '@streamkeeper/storage'`],
    ['contracts import pipeline', 'packages/contracts/src/index.ts', `import '@streamkeeper/pipeline'`],
    [
      'a package reaches into a service by path',
      'packages/policy/src/index.ts',
      `import type {} from '../../../services/ingest/src/service.js'`,
    ],
  ])(
    'by turbo boundaries: %s',
    (_, file, line) => {
      expect(plant([[file, line]], turbo).ok).toBe(false)
    },
    60_000,
  )

  const violations: [rule: string, file: string, line: string][] = [
    ['services-are-islands', 'services/screen/src/service.ts', `import '../../archive/src/service.js'`],
    [
      'nobody-knows-services',
      'packages/policy/src/index.ts',
      `import type {} from '../../../services/ingest/src/service.js'`,
    ],
    ['nobody-knows-infra', 'packages/cli/src/main.ts', `import '../../../infra/native/src/main.js'`],
    ['adapters-do-not-see-each-other', 'packages/kafka/src/index.ts', `import '../../storage/src/index.js'`],
    ['testkit-only-from-tests', 'packages/policy/src/index.ts', `import '../../testkit/src/index.js'`],
    [
      'services-open-engines-by-one-room',
      'services/archive/src/service.ts',
      `import '../../../packages/kafka/src/index.js'`,
    ],
    ['pure-has-no-io', 'packages/text/src/index.ts', `import 'node:fs'`],
    ['no-circular', 'packages/contracts/src/labels.ts', `import './fields.js'\nimport './events.js'`],
    ['web-page-is-apart-from-server', 'services/console/web/main.tsx', `import '../src/service.js'`],
    ['not-to-unresolvable', 'packages/policy/src/index.ts', `import './nowhere.js'`],
    ...[
      'kafkajs',
      'ioredis',
      'bullmq',
      '@aws-sdk/client-s3',
      'drizzle-orm',
      'pg',
      'fluent-ffmpeg',
      'sharp',
      'onnxruntime-node',
      're2js',
      'pino',
      'prom-client',
      'fastify',
    ].map(
      (library) =>
        [
          `${library.replace('/', '-').replace('@', '')}-has-one-owner`,
          'services/archive/src/service.ts',
          `import '${library}'`,
        ] satisfies [string, string, string],
    ),
  ]
  // All at once: the tool looks at the whole tree each time.
  let broken: readonly string[] = []
  beforeAll(() => {
    broken = plant(
      violations.map(([, file, line]) => [file, line] as const),
      rulesBroken,
    )
  }, 60_000)

  it.each(violations)('by dependency-cruiser: %s', (rule, file) => {
    expect(broken).toContain(`${rule} in ${roomOf(file)}`)
  })
})
