import type { ServiceName } from './start-system.js'

const everything: readonly ServiceName[] = ['ingest', 'screen', 'escalate', 'archive', 'console']

/** The services that fault tests run: all five, or those that STREAMKEEPER_TEST_SERVICES names to look at one alone. */
export function allServices(): readonly ServiceName[] {
  const wanted = (process.env['STREAMKEEPER_TEST_SERVICES'] ?? '').split(',').filter((name) => name !== '')
  return wanted.length === 0 ? everything : everything.filter((name) => wanted.includes(name))
}
