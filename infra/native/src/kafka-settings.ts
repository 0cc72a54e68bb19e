import { join } from 'node:path'
import type { State } from './state.js'

const mebibyte = 1024 * 1024
// A segment of 16 MiB with its headers and the envelope of its batch.
const largestRecord = 20 * mebibyte

/** The broker's settings: one node, large records, and thousands of small partitions that cost little. */
export function renderServerProperties(folder: string, ports: State['ports']): string {
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${ports.kafkaController}`,
    listeners: `PLAINTEXT://127.0.0.1:${ports.kafka},CONTROLLER://127.0.0.1:${ports.kafkaController}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': escapeValue(join(folder, 'data')),
    'auto.create.topics.enable': false,
    'message.max.bytes': largestRecord,
    'replica.fetch.max.bytes': largestRecord,
    'fetch.max.bytes': 64 * mebibyte,
    'socket.request.max.bytes': 128 * mebibyte,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 8,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'group.initial.rebalance.delay.ms': 0,
    // Index files are mapped at their full size; a segment this long fills a smaller one.
    'log.segment.bytes': 256 * mebibyte,
    'log.index.size.max.bytes': mebibyte,
    'log.preallocate': false,
    'file.delete.delay.ms': 5000,
    'num.network.threads': 2,
    'num.io.threads': 3,
    'background.threads': 3,
    'num.recovery.threads.per.data.dir': 2,
    'log.cleaner.threads': 1,
    'log.cleaner.dedupe.buffer.size': 16 * mebibyte,
  }
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

/** Warnings and what the server says of its start and stop. */
export const logSettings = `appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d{ISO8601} %p %c{1} %m%n
rootLogger.level=warn
rootLogger.appenderRef.console.ref=console
logger.server.name=kafka.server.KafkaRaftServer
logger.server.level=info
`

/** A value in a properties file: a backslash begins an escape there. */
function escapeValue(value: string): string {
  return value.replaceAll('\\', '\\\\')
}
