import { AlarmList, AlarmView } from '@streamkeeper/contracts'
import type { Command } from 'commander'
import { callConsole } from '../call-console.js'
import { findRunning } from '../find-running.js'
import { exitCodes, printJson, printLine } from '../output.js'
import { withCommon } from './with-common.js'

interface Options {
  readonly json?: boolean
  readonly data?: string
}

/** `alarms list|take`: what leads are called for. */
export function addAlarmsCommand(program: Command): void {
  const alarms = program.command('alarms').description('What leads are called for')
  withCommon(alarms.command('list'), 'alarms list', 'one JSON object a line')
    .description('Open alarms first, then the latest; exit code 2 while one is open')
    .action(async ({ json, data }: Options) => {
      const { alarms: found, open } = await callConsole(await findRunning(data), '/alarms', AlarmList)
      for (const alarm of found) {
        if (json === true) printJson(alarm)
        else printLine(describe(alarm))
      }
      if (open > 0) process.exitCode = exitCodes.no
    })
  withCommon(alarms.command('take <alarmId>'), 'alarms take 12')
    .description('Says that somebody sees to it')
    .action(async (alarmId: string, { json, data }: Options) => {
      const path = `/alarms/${encodeURIComponent(alarmId)}/take`
      const taken = await callConsole(await findRunning(data), path, AlarmView, { method: 'POST' })
      if (json === true) printJson(taken)
      else printLine(describe(taken))
    })
}

function describe({ alarmId, kind, subject, message, raisedAt, endedAt, takenBy }: AlarmView): string {
  const state = endedAt !== null ? 'over' : takenBy !== null ? `taken by ${takenBy}` : 'OPEN'
  return [alarmId, raisedAt, state, kind, subject, message].join('  ')
}
