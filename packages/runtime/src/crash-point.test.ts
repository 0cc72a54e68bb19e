import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crashPoint } from './crash-point.js'

const folder = mkdtempSync(join(tmpdir(), 'streamkeeper-crash-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('crashPoint', () => {
  it('does nothing without both variables, and at another place', () => {
    const once = join(folder, 'unused')
    crashPoint('a', {})
    crashPoint('a', { STREAMKEEPER_CRASH_AT: 'a' })
    crashPoint('a', { STREAMKEEPER_CRASH_AT: 'b', STREAMKEEPER_CRASH_ONCE: once })
    expect(existsSync(once)).toBe(false)
  }, 30_000)
  it('ends the process by SIGKILL once, and passes the second time', () => {
    const once = join(folder, 'once')
    const code = `import('./dist/crash-point.js').then(({ crashPoint }) => { crashPoint('a'); process.exit(7) })`
    const env = { ...process.env, STREAMKEEPER_CRASH_AT: 'a', STREAMKEEPER_CRASH_ONCE: once }
    const cwd = join(import.meta.dirname, '..')
    expect(spawnSync(process.execPath, ['-e', code], { env, cwd }).signal).toBe('SIGKILL')
    expect(spawnSync(process.execPath, ['-e', code], { env, cwd }).status).toBe(7)
  }, 30_000)
})
