import { readConfig, runMain } from '@streamkeeper/runtime'
import { settings } from './config.js'
import { create } from './service.js'

await runMain('escalate', async (env) => create(readConfig(settings, env)))
