import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { repositoryRoot } from '@streamkeeper/testkit'

/** No container engine runs here: a stand-in on the path notes what it is asked and answers as a run would. */
const module = join(repositoryRoot(), 'test/in-container.mjs')
let folder: string
let asked: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'in-container-'))
  asked = join(folder, 'asked')
  standIn('#!/bin/sh\necho "$@" >> "$ASKED"\n[ "$1" = run ] && echo "12 passed, 1 failed, 2 skipped"\nexit 0\n')
})
afterAll(() => rmSync(folder, { recursive: true }))

function standIn(script: string): void {
  writeFileSync(join(folder, 'podman'), script)
  chmodSync(join(folder, 'podman'), 0o755)
}

/** The module in a process of its own, whose path has nothing but the stand-in and the shell's tools. */
function ask(): unknown {
  const code = `
    import { findContainerEngine, runInContainer } from ${JSON.stringify(module)}
    import { spawnSync } from 'node:child_process'
    const run = async (command, args) => {
      const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' })
      return { code: status, said: stdout }
    }
    const engine = findContainerEngine()
    console.log(JSON.stringify({ engine, counts: engine && (await runInContainer(engine, '/repo', run)) }))`
  const env = { PATH: `${folder}:/bin:/usr/bin`, ASKED: asked, NODE_OPTIONS: '' }
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', code], { env, encoding: 'utf8' })
  return JSON.parse(out)
}

describe('the tests in a container', () => {
  it('build the image, run the native set on a clone, and count what it says', () => {
    expect(ask()).toEqual({ engine: 'podman', counts: { passed: 12, failed: 1, skipped: 2 } })
    const [, build, run] = readFileSync(asked, 'utf8').trim().split('\n')
    expect(build).toBe('build -f /repo/infra/test.Dockerfile -t streamkeeper-test /repo/infra')
    expect(run).toContain('-e STREAMKEEPER_TEST_ENGINES=native')
    expect(run).toContain('-v /repo:/given:ro streamkeeper-test bash -c git clone')
    expect(run).toContain('node test/run.mjs native integration faults browser')
  })

  it('say that nothing ran when the image cannot be built', () => {
    standIn('#!/bin/sh\n[ "$1" = version ]\n')
    expect(ask()).toEqual({ engine: 'podman', counts: null })
  })

  it('are of an image that has what the engines need', () => {
    const text = readFileSync(join(repositoryRoot(), 'infra/test.Dockerfile'), 'utf8')
    expect(text).toMatch(/^FROM node:24-bookworm$/m)
    for (const needed of [
      'openjdk',
      'maven',
      'golang',
      'redis-server',
      'postgresql',
      'ffmpeg',
      'bubblewrap',
      'chromium',
    ])
      expect(text).toContain(needed)
  })
})
