import { Command } from 'commander'

/** Each command's module is loaded when it is asked for: engines and media take longer to load than most commands to run. */
const commands: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  up: async () => (await import('./commands/up.js')).addUpCommand,
  status: async () => (await import('./commands/status.js')).addStatusCommand,
  publish: async () => (await import('./commands/publish.js')).addPublishCommand,
  text: async () => (await import('./commands/text.js')).addTextCommand,
  media: async () => (await import('./commands/media.js')).addMediaCommand,
  lexicon: async () => (await import('./commands/lexicon.js')).addLexiconCommand,
  cases: async () => (await import('./commands/cases.js')).addCasesCommand,
  held: async () => (await import('./commands/held.js')).addHeldCommand,
  users: async () => (await import('./commands/users.js')).addUsersCommand,
  alarms: async () => (await import('./commands/alarms.js')).addAlarmsCommand,
  dlq: async () => (await import('./commands/dlq.js')).addDlqCommand,
  keys: async () => (await import('./commands/keys.js')).addKeysCommand,
}

/** The command line, with the command that `words` begin with, else with all. Every command takes --json and --data and answers --help with an example. */
export async function createProgram(words: readonly string[]): Promise<Command> {
  const program = new Command('streamkeeper')
    .description('Watches live streams while they happen, and keeps the record that the law asks for.')
    .showHelpAfterError()
    .exitOverride()
  const named = words[0] !== undefined && Object.hasOwn(commands, words[0]) ? commands[words[0]] : undefined
  for (const load of named === undefined ? Object.values(commands) : [named]) (await load())(program)
  return program
}
