import type { ServiceName } from './start-system.js'

const everything: readonly ServiceName[] = ['ingest', 'screen', 'escalate', 'archive', 'console']

/** The services that fault tests run; name more, up to all five, in STREAMKEEPER_TEST_SERVICES. */
export function allServices(): readonly ServiceName[] {
  const wanted = (process.env['STREAMKEEPER_TEST_SERVICES'] ?? '').split(',').filter((name) => name !== '')
  // Faults are proven for ingest so far.
  return wanted.length === 0 ? ['ingest'] : everything.filter((name) => wanted.includes(name))
}
