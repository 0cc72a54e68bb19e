import { runServiceMain } from '@streamkeeper/runtime'
import { settings } from './config.js'
import { create } from './service.js'

await runServiceMain('escalate', settings, create)
