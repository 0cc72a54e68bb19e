import { describeEventLog, engines, uniqueName } from '@streamkeeper/testkit'
import { createKafkaEventLog } from './index.js'

describeEventLog('Kafka', {
  timeoutMs: 60_000,
  makeLog: async () => {
    const log = createKafkaEventLog({ brokers: engines().kafka.brokers.split(','), clientId: uniqueName('contract') })
    return { log, cleanup: () => log.close() }
  },
})
