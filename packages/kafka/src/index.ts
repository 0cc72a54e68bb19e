export { createKafkaEventLog, type KafkaOptions } from './kafka-event-log.js'
