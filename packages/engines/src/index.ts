export { openEventLog, type EventLogConfig } from './open-event-log.js'
export { archiveWarning, createArchivePart } from './prepare-archive.js'
export { createSpoolPart, openArchive, openSpool } from './stores.js'
