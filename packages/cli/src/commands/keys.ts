import { isKeyInUse, openDatabase, retireSigningKey } from '@streamkeeper/database'
import { addSigningKey, loadPublicJwks, removeSigningKey } from '@streamkeeper/runtime'
import type { Command } from 'commander'
import { findRunning, type RunFile } from '../find-running.js'
import { printJson, printLine, UsageError } from '../output.js'
import { databaseUrl } from '../up/engines.js'

interface Options {
  readonly json?: boolean
  readonly data?: string
}

/** `keys`: the public halves of the keys that sign commands, and their rotation. */
export function addKeysCommand(program: Command): void {
  const keys = program
    .command('keys')
    .description('The public keys that platforms verify commands with, as JWKS')
    .option('--json', 'one JSON document')
    .option('--data <dir>', 'data folder of the running system')
    .addHelpText('after', '\nExample:\n  streamkeeper keys --json')
    .action(list)
  keys
    .command('rotate')
    .description('Makes a new key, which signs within 5 s; the old ones stay public until they are retired')
    .addHelpText('after', '\nExample:\n  streamkeeper keys rotate')
    .action(async (_own: object, command: Command) => rotate(command.optsWithGlobals()))
  keys
    .command('retire <keyId>')
    .description('Removes an old key for good; refused while a command that it signed is unanswered')
    .addHelpText('after', '\nExample:\n  streamkeeper keys retire kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k')
    .action(async (keyId: string, _own: object, command: Command) => retire(keyId, command.optsWithGlobals()))
}

async function list({ json, data }: Options): Promise<void> {
  const jwks = await loadPublicJwks(folderOf(await findRunning(data)))
  if (json === true) printJson(jwks)
  else for (const { kid, x } of jwks.keys) printLine(`${kid}  Ed25519  ${x}`)
}

async function rotate({ json, data }: Options): Promise<void> {
  const { keyId } = await addSigningKey(folderOf(await findRunning(data)), 'commands')
  if (json === true) printJson({ keyId })
  else printLine(`${keyId} signs from now on`)
}

async function retire(keyId: string, { json, data }: Options): Promise<void> {
  const running = await findRunning(data)
  const database = openDatabase({ url: databaseUrl(running.env), poolSize: 1 })
  try {
    if (await isKeyInUse(database, keyId))
      throw new Error('commands that this key signed are still unanswered: try again when they are, or have expired')
    const isRemoved = await removeSigningKey(folderOf(running), 'commands', keyId)
    const isRetired = await retireSigningKey(database, keyId, new Date())
    if (!isRemoved && !isRetired) throw new UsageError(`there is no key ${keyId}: see \`streamkeeper keys\``)
  } finally {
    await database.close()
  }
  if (json === true) printJson({ keyId, retired: true })
  else printLine(`${keyId} is retired`)
}

function folderOf({ env }: RunFile): string {
  return env['STREAMKEEPER_KEYS_DIR'] ?? ''
}
