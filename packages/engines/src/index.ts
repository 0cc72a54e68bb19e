export { openEventLog, type EventLogConfig } from './open-event-log.js'
export { archiveWarning, createArchivePart } from './prepare-archive.js'
export { createSpoolPart, openArchive, openMediaObjects, openSpool } from './stores.js'
export type { ObjectReader } from '@streamkeeper/storage'
