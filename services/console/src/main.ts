import { runServiceMain } from '@streamkeeper/runtime'
import { settings } from './config.js'
import { create } from './service.js'

await runServiceMain('console', settings, create)
