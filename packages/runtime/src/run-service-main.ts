import { listSettings, readConfig } from './read-config.js'
import { runMain } from './run-main.js'
import type { Service } from './service.js'
import type { ConfigOf, Settings } from './setting.js'

/**
 * The main of a service with settings: reads them from the environment, warns of names that look like typing errors, and
 * runs the service. With `--settings` it says the settings as one JSON line instead, for help and documents.
 */
export async function runServiceMain<S extends Settings>(
  name: string,
  settings: S,
  create: (config: ConfigOf<S>) => Promise<Service>,
): Promise<void> {
  if (process.argv.includes('--settings')) {
    process.stdout.write(`${JSON.stringify({ service: name, settings: listSettings(settings) })}\n`)
    return
  }
  await runMain(name, async (env) => {
    const { config, warnings } = readConfig(settings, env)
    const service = await create(config)
    for (const warning of warnings) service.logger.warn({}, warning)
    return service
  })
}
