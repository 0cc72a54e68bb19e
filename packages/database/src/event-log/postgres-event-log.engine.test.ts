import { createScratchDatabase } from '../scratch-database.js'
import { describeEventLog, engines } from '@streamkeeper/testkit'
import { createPostgresEventLog } from './index.js'

describeEventLog('PostgreSQL', {
  timeoutMs: 30_000,
  makeLog: async () => {
    const scratch = await createScratchDatabase(engines().postgres.url)
    const log = createPostgresEventLog({ url: scratch.url })
    return {
      log,
      cleanup: async () => {
        await log.close()
        await scratch.drop()
      },
    }
  },
})
