import type { Command } from 'commander'

/** The options that every command about a running system takes, and its example. `json` says what --json prints. */
export function withCommon(command: Command, example: string, json = 'one JSON document'): Command {
  return command
    .option('--json', json)
    .option('--data <dir>', 'data folder of the running system')
    .addHelpText('after', `\nExample:\n  streamkeeper ${example}`)
}
