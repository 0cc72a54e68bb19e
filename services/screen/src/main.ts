import { readConfig, runMain } from '@streamkeeper/runtime'
import { settings } from './config.js'
import { create } from './service.js'

await runMain('screen', async (env) => create(readConfig(settings, env)))
