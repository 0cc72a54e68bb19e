import { Command } from 'commander'
import { addAlarmsCommand } from './commands/alarms.js'
import { addCasesCommand } from './commands/cases.js'
import { addDlqCommand } from './commands/dlq.js'
import { addKeysCommand } from './commands/keys.js'
import { addPublishCommand } from './commands/publish.js'
import { addStatusCommand } from './commands/status.js'
import { addTextCommand } from './commands/text.js'
import { addUpCommand } from './commands/up.js'
import { addUsersCommand } from './commands/users.js'

/** The whole command line. Every command takes --json and --data and answers --help with an example. */
export function createProgram(): Command {
  const program = new Command('streamkeeper')
    .description('Watches live streams while they happen, and keeps the record that the law asks for.')
    .showHelpAfterError()
    .exitOverride()
  for (const add of [
    addUpCommand,
    addStatusCommand,
    addPublishCommand,
    addTextCommand,
    addCasesCommand,
    addUsersCommand,
    addAlarmsCommand,
    addDlqCommand,
    addKeysCommand,
  ])
    add(program)
  return program
}
