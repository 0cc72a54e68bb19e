import { readConfig, runMain } from '@streamkeeper/runtime'
import { settings } from './config.js'
import { create } from './service.js'

await runMain('console', async (env) => {
  const { config, warnings } = readConfig(settings, env)
  const service = await create(config)
  for (const warning of warnings) service.logger.warn({}, warning)
  return service
})
