export { createPostgresEventLog, type PostgresLogOptions } from './postgres-event-log.js'
