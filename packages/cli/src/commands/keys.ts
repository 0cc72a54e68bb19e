import { loadPublicJwks } from '@streamkeeper/runtime'
import type { Command } from 'commander'
import { findRunning } from '../find-running.js'
import { printJson, printLine } from '../output.js'

/** `keys`: the public halves of the keys that sign commands. */
export function addKeysCommand(program: Command): void {
  program
    .command('keys')
    .description('The public keys that platforms verify commands with, as JWKS')
    .option('--json', 'one JSON document')
    .option('--data <dir>', 'data folder of the running system')
    .addHelpText('after', '\nExample:\n  streamkeeper keys --json')
    .action(async ({ json, data }: { json?: boolean; data?: string }) => {
      const { env } = await findRunning(data)
      const jwks = await loadPublicJwks(env['STREAMKEEPER_KEYS_DIR'] ?? '')
      if (json === true) printJson(jwks)
      else for (const { kid, x } of jwks.keys) printLine(`${kid}  Ed25519  ${x}`)
    })
}
