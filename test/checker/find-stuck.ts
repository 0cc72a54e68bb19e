import type { Fault, Finding, Sinks } from './types.js'

/** After the last fault everything was read and handed on, and each fault was got over in time. */
export function findStuck(sinks: Sinks, faults: readonly Fault[], recoverWithinMs: number): Finding[] {
  const lag = Object.entries(sinks.lag)
    .filter(([, records]) => records > 0)
    .map(([group, records]): Finding => stuck(group, `${records} records were not read`))
  const outbox = sinks.unpublished > 0 ? [stuck('outbox', `${sinks.unpublished} events were not published`)] : []
  const slow = faults.flatMap(({ what, recoveredMs }) => {
    if (recoveredMs === null) return [stuck(what, 'the flow never went on')]
    return recoveredMs > recoverWithinMs ? [stuck(what, `went on after ${recoveredMs} ms`)] : []
  })
  return [...lag, ...outbox, ...slow]
}

function stuck(what: string, detail: string): Finding {
  return { kind: 'stuck', sink: 'flow', what, detail }
}
