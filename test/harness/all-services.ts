import type { ServiceName } from './start-system.js'

const everything: readonly ServiceName[] = ['ingest', 'screen', 'escalate', 'archive', 'console']

/** Every service; to try a test with some of them, name those in STREAMKEEPER_TEST_SERVICES. */
export function allServices(): readonly ServiceName[] {
  const wanted = (process.env['STREAMKEEPER_TEST_SERVICES'] ?? '').split(',').filter((name) => name !== '')
  return wanted.length === 0 ? everything : everything.filter((name) => wanted.includes(name))
}
