import { openEventLog } from '@streamkeeper/engines'
import { readSettings } from './settings.js'
import { startPlatform } from './platform.js'

const settings = readSettings(process.env)
const log = openEventLog(settings.eventLog, { clientId: 'test-platform' })
const platform = await startPlatform({ ...settings, log, say: (line) => process.stderr.write(`${line}\n`) })
process.stdout.write(`${JSON.stringify({ event: 'ready', service: 'platform' })}\n`)

async function stop(): Promise<void> {
  await platform.stop()
  await log.close()
  process.exit(0)
}
if (process.argv.includes('--supervised')) process.stdin.resume().once('close', () => void stop())
process.once('SIGTERM', () => void stop())
process.once('SIGINT', () => void stop())
