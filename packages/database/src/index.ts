export * from './accounts.js'
export * from './act-by-policy.js'
export * from './alarms.js'
export * from './case-errors.js'
export { findCasePicture, listShownSignals, markLooked, type CaseSignalRow } from './case-pictures.js'
export * from './case-views.js'
export * from './cases.js'
export * from './coverage.js'
export * from './dark-check.js'
export { openDatabase, type Database, type DatabaseOptions, type Queries } from './database.js'
export * from './decide.js'
export type { CommandRow } from './issue-commands.js'
export * from './flow-figures.js'
export * from './held-decisions.js'
export * from './held-messages.js'
export * from './kept-for.js'
export * from './leases.js'
export * from './migrate.js'
export { markPublished, takeOutbox, type OutboxRow } from './outbox.js'
export * from './policy-signals.js'
export { hasRelayWork } from './relay-work.js'
export { markSent, numberCommands, takeDueCommands, type DueCommand } from './relay-commands.js'
export * from './prune.js'
export * from './revert-provisionals.js'
export type { SealPlan } from './schema/index.js'
export * from './scratch-database.js'
export * from './sampling-facts.js'
export * from './sealing.js'
export * from './segments.js'
export * from './settle-commands.js'
export * from './staging.js'
export * from './streams.js'
export * from './sweeping.js'
export * from './signing-keys.js'
export * from './undo-decision.js'
export * from './unscreened.js'
export * from './user-changes.js'
export {
  createFirstUser,
  createSession,
  deleteSession,
  findUser,
  noteAccess,
  noteFailure,
  noteSuccess,
  useSession,
  type Access,
  type NewUser,
  type SessionRow,
  type UserRow,
} from './users.js'
