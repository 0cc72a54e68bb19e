import { createLogger, type Logger } from './logger.js'
import { ConfigError, type Environment } from './read-config.js'
import type { Service } from './service.js'

/** 0: stopped as asked. 1: failed. 64: wrong configuration. */
const exitCodes = { stopped: 0, failed: 1, wrongConfig: 64 } as const

export type MakeService = (env: Environment, signal: AbortSignal) => Promise<Service>

/**
 * The main of a service: makes and starts it, says `{ "event":"ready", … }` on standard output, stops it at SIGTERM or
 * SIGINT (a second one ends the process at once) and ends the process with its exit code. Logs go to standard error. With
 * `--supervised` it also stops when its standard input ends: then whoever started it is gone.
 */
export async function runMain(name: string, make: MakeService): Promise<void> {
  const run: Run = { name, make, logger: createLogger({ name, level: 'info' }), stop: new AbortController() }
  process.on('uncaughtException', (err) => die(run, err, 'uncaught exception'))
  process.on('unhandledRejection', (err) => die(run, err, 'unhandled rejection'))
  const stopAsked = stopAtSignal(run)
  process.exit(await runService(run, stopAsked).catch((error: unknown) => reportFailure(run, error)))
}

interface Run {
  readonly name: string
  readonly make: MakeService
  /** The service's own as soon as there is one. */
  logger: Logger
  readonly stop: AbortController
}

class StopAskedError extends Error {
  override readonly name = 'StopAskedError'
}

async function runService(run: Run, stopAsked: Promise<void>): Promise<number> {
  const { name, make, stop } = run
  const service = await make(process.env, stop.signal)
  run.logger = service.logger
  await service.start(stop.signal)
  if (service.state === 'RUNNING') announce(name, service)
  await Promise.race([service.ended, stopAsked])
  if (service.state === 'RUNNING') await service.stop()
  await service.ended
  service.logger.info({}, 'stopped')
  return exitCodes.stopped
}

function announce(name: string, { logger, healthAddress: health }: Service): void {
  logger.info({ health }, 'started')
  process.stdout.write(`${JSON.stringify({ event: 'ready', service: name, health })}\n`)
}

function reportFailure({ logger, stop }: Run, error: unknown): number {
  if (error instanceof StopAskedError && error === stop.signal.reason) {
    logger.info({}, 'stopped while starting')
    return exitCodes.stopped
  }
  if (error instanceof ConfigError) {
    logger.fatal({ code: error.code, problems: error.problems }, 'wrong configuration')
    return exitCodes.wrongConfig
  }
  logger.fatal({ err: error }, 'failed')
  return exitCodes.failed
}

function stopAtSignal(run: Run): Promise<void> {
  return new Promise((resolve) => {
    function onSignal(signal: NodeJS.Signals): void {
      if (run.stop.signal.aborted) die(run, new Error(`second ${signal}`), 'forced to end')
      run.logger.info({ signal }, 'stopping')
      run.stop.abort(new StopAskedError(signal))
      resolve()
    }
    process.on('SIGTERM', onSignal)
    process.on('SIGINT', onSignal)
    if (!process.argv.includes('--supervised')) return
    process.stdin.resume()
    process.stdin.once('close', () => {
      if (!run.stop.signal.aborted) onSignal('SIGTERM')
    })
  })
}

function die({ logger }: Run, err: unknown, what: string): never {
  logger.fatal({ err, what }, 'ending at once')
  process.exit(exitCodes.failed)
}
