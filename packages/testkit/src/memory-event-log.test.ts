import { describeEventLog } from './contract-suites/event-log.js'
import { MemoryEventLog } from './memory-event-log.js'

describeEventLog('memory', {
  makeLog: async () => {
    const log = new MemoryEventLog()
    return { log, cleanup: () => log.close() }
  },
  timeoutMs: 5000,
})
