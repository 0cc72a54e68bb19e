import { closeSync, openSync } from 'node:fs'

/**
 * For fault tests: ends this process by SIGKILL at the named place, once, when STREAMKEEPER_CRASH_AT names it. The file that
 * STREAMKEEPER_CRASH_ONCE names is made first, and while it exists nothing crashes. Without both variables it does nothing.
 */
export function crashPoint(name: string, env: NodeJS.ProcessEnv = process.env): void {
  const once = env['STREAMKEEPER_CRASH_ONCE']
  if (env['STREAMKEEPER_CRASH_AT'] !== name || once === undefined || !claim(once)) return
  process.kill(process.pid, 'SIGKILL')
}

function claim(path: string): boolean {
  try {
    closeSync(openSync(path, 'wx'))
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}
