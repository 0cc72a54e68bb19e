import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from '@jest/globals'
import { repositoryRoot } from '@streamkeeper/testkit'

const run = (...words: string[]): string =>
  execFileSync(process.execPath, words, { encoding: 'utf8', cwd: repositoryRoot() })

it('docs/configuration.md is what the services say', () => {
  expect(run(join('packages', 'cli', 'scripts', 'write-configuration.mjs'), '--check')).toBe('')
}, 60_000)

it('up --help names every variable of it', () => {
  const help = run(join('packages', 'cli', 'bin', 'streamkeeper.mjs'), 'up', '--help')
  for (const name of [
    'STREAMKEEPER_EVENT_LOG',
    'STREAMKEEPER_OBJECTS_DIR',
    'STREAMKEEPER_DATABASE_URL_FILE',
    'STREAMKEEPER_ALARM_URL',
  ])
    expect(help).toContain(name)
}, 60_000)
