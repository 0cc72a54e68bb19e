import { describeEventLog, kafkaEngine, uniqueName } from '@streamkeeper/testkit'
import { createKafkaEventLog } from './index.js'

describeEventLog('Kafka', {
  timeoutMs: 60_000,
  makeLog: async () => {
    const log = createKafkaEventLog({ brokers: kafkaEngine().brokers.split(','), clientId: uniqueName('contract') })
    return { log, cleanup: () => log.close() }
  },
})
