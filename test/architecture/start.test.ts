import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, test } from '@jest/globals'
import { repositoryRoot } from '@streamkeeper/testkit'

/** What a stranger meets before anything is installed, and what a test run says of what it could not test. */
interface Tool {
  readonly commands?: readonly string[]
  readonly files?: readonly string[]
}
type Family = 'debian' | 'fedora' | 'macos'
interface SystemTools {
  readonly tools: readonly Tool[]
  readonly nativeTools: readonly Tool[]
  judgeNode(version: string): { ok: boolean; message: string | null }
  missingPackages(wanted: readonly Tool[], family: Family, isThere: (tool: Tool) => boolean): string[]
  installLine(family: Family, packages: readonly string[]): string
}
const path = join(repositoryRoot(), 'infra/system-tools.mjs')
const machine = (await import(pathToFileURL(path).href)) as SystemTools
const { tools, nativeTools } = machine

it.each([
  ['18.20.8', false, 'too old'],
  ['20.9.0', false, 'too old'],
  ['20.18.3', false, 'too old'],
  ['20.19.0', true, '24 is recommended'],
  ['22.1.0', true, '24 is recommended'],
  ['24.0.0', true, null],
  ['26.1.0', true, null],
])('Node %s: ok %s, "%s"', (version, ok, words) => {
  const judged = machine.judgeNode(version)
  expect(judged.ok).toBe(ok)
  if (words === null) expect(judged.message).toBeNull()
  else expect(judged.message).toContain(words)
})

describe('the line to type', () => {
  const lineOn = (family: Family, has: readonly string[]): string => {
    const isThere = ({ commands = [] }: Tool): boolean => commands.some((name) => has.includes(name))
    return machine.installLine(family, machine.missingPackages(tools, family, isThere))
  }

  it('names what is missing, as the system calls it', () => {
    expect(lineOn('debian', [])).toBe(
      'sudo apt-get update && sudo apt-get install -y redis-server postgresql ffmpeg bubblewrap',
    )
    expect(lineOn('fedora', [])).toBe('sudo dnf install -y valkey postgresql-server ffmpeg-free bubblewrap')
    // macOS has no bubblewrap: `up` says what that means.
    expect(lineOn('macos', [])).toBe('brew install redis postgresql@17 ffmpeg')
  })

  it('asks for no second server where one of its kind is there', () => {
    expect(lineOn('debian', ['valkey-server', 'ffmpeg'])).toBe(
      'sudo apt-get update && sudo apt-get install -y postgresql bubblewrap',
    )
  })

  it('adds what makes Kafka and the S3 server, only where they are wanted', () => {
    expect(machine.missingPackages(nativeTools, 'debian', () => false)).toEqual([
      'default-jdk-headless',
      'maven',
      'golang',
    ])
    expect(machine.missingPackages([...tools, ...nativeTools], 'fedora', () => true)).toEqual([])
  })
})

test('a test run names what it could not test; where everything is required that is a failure', () => {
  const folder = mkdtempSync(join(tmpdir(), 'streamkeeper-run-'))
  const engines = join(folder, 'engines.json')
  writeFileSync(engines, JSON.stringify({ redis: { url: 'redis://none' }, postgres: { url: 'postgres://none' } }))
  const run = (more: Record<string, string>) => {
    const env = { ...process.env, STREAMKEEPER_ENGINES_FILE: engines, CHROMIUM: join(folder, 'none'), ...more }
    const { stdout, status } = spawnSync(
      process.execPath,
      [join(repositoryRoot(), 'test/run.mjs'), '--as-is', 'page'],
      {
        env,
        cwd: repositoryRoot(),
        encoding: 'utf8',
      },
    )
    const lines = stdout.trim().split('\n')
    return { status, last: lines.at(-1), untested: lines.filter((line) => line.startsWith('!! NOT TESTED: ')) }
  }
  try {
    const names = [expect.stringContaining('Apache Kafka and S3'), expect.stringContaining('the page suite')]
    expect(run({ STREAMKEEPER_REQUIRE_ENGINES: '0' })).toEqual({
      // Nothing was tested: no success either.
      status: 1,
      last: '0 passed, 0 failed, 0 skipped',
      untested: names,
    })
    expect(run({ STREAMKEEPER_REQUIRE_ENGINES: '1' })).toEqual({
      status: 1,
      last: '0 passed, 2 failed, 0 skipped',
      untested: names,
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}, 60_000)
