import { readConfig, runMain } from '@streamkeeper/runtime'
import { settings } from './config.js'
import { create } from './service.js'

await runMain('ingest', async (env) => create(readConfig(settings, env)))
