import type { Command } from 'commander'
import { dataFolder } from '../find-running.js'
import { printJson, printLine, UsageError } from '../output.js'
import { describeVariables, listVariables } from '../up/list-settings.js'
import { engineSets, type EngineSet } from '../up/engines.js'
import { runUp } from '../up/run-up.js'

interface Options {
  readonly engines: string
  readonly data?: string
  readonly demo?: boolean
  readonly fresh?: boolean
  readonly port: string
  readonly json?: boolean
}

/** `up`: engines and all services, until Ctrl-C. */
export function addUpCommand(program: Command): void {
  program
    .command('up')
    .description('Starts the engines and all services, and prints the address of the page; Ctrl-C stops all in order')
    .option(
      '--engines <set>',
      'local: PostgreSQL, Redis and a folder; native: also Kafka and an S3 store; external: those of the environment',
      'local',
    )
    .option('--data <dir>', 'data folder; default STREAMKEEPER_DATA_DIR or .streamkeeper')
    .option('--fresh', 'forget what earlier runs left in the data folder')
    .option('--demo', 'also a platform that broadcasts films, a test card and chat')
    .option('--port <number>', 'port of the page', '8080')
    .option('--json', 'the ready line as JSON')
    .addHelpText(
      'after',
      () =>
        `\nExample:\n  streamkeeper up --demo\n\nEnvironment, for the services:\n${describeVariables(listVariables())}`,
    )
    .action(async ({ engines, data, demo, fresh, port, json }: Options) => {
      if (!isEngineSet(engines)) throw new UsageError(`--engines: one of ${engineSets.join(', ')}`)
      if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new UsageError('--port: a number up to 65535')
      await runUp({
        engines,
        dataDir: dataFolder(data),
        demo: demo === true,
        fresh: fresh === true,
        port: Number(port),
        useColour: process.stderr.isTTY,
        onReady: ({ console, addresses, signIn }) => {
          const about = { set: engines, ...addresses }
          if (json === true)
            printJson({ event: 'ready', console, engines: about, ...(signIn === null ? {} : { signIn }) })
          else printReady({ console, engines, objects: addresses['objects'] }, signIn)
        },
      })
    })
}

function isEngineSet(word: string): word is EngineSet {
  return (engineSets as readonly string[]).includes(word)
}

interface Running {
  readonly console: string
  readonly engines: EngineSet
  /** Folder of the archive, where it is one. */
  readonly objects: string | undefined
}

function printReady(
  { console, engines, objects }: Running,
  signIn: { username: string; password: string } | null,
): void {
  printLine(`\nStreamkeeper is ready: ${console}   (${engines} engines)`)
  printLine(
    signIn === null
      ? 'Sign in with an account of yours; the first one is in first-sign-in.txt of the data folder.'
      : `Sign in as ${signIn.username} with ${signIn.password} (shown only now; kept in first-sign-in.txt of the data folder)`,
  )
  if (objects !== undefined)
    printLine(`The archive is the folder ${objects}: whoever may write there can delete it, so it has no legal force.`)
  printLine('Ctrl-C stops everything and loses nothing.\n')
}
