import { CaseDetail, CaseList, type CaseSummary } from '@streamkeeper/contracts'
import type { Command } from 'commander'
import { callConsole } from '../call-console.js'
import { findRunning } from '../find-running.js'
import { printJson, printLine } from '../output.js'
import { withCommon } from './with-common.js'

interface Options {
  readonly json?: boolean
  readonly data?: string
  readonly state: string
}

/** `cases list` and `cases show`. */
export function addCasesCommand(program: Command): void {
  const cases = program.command('cases').description('The cases of the review queue')
  withCommon(cases.command('list'), 'cases list --json | head -1', 'one JSON object a line')
    .description('Cases in order of urgency')
    .option('--state <state>', 'waiting, mine, decided or all', 'waiting')
    .action(async ({ json, data, state }: Options) => {
      const { cases: found } = await callConsole(
        await findRunning(data),
        `/cases?limit=200&state=${encodeURIComponent(state)}`,
        CaseList,
      )
      for (const one of found) {
        if (json === true) printJson(asJson(one))
        else printLine(asLine(one))
      }
    })
  withCommon(cases.command('show <caseId>'), 'cases show case-1f0c --json')
    .description('One case with its hits, commands and decisions')
    .action(async (caseId: string, { json, data }: Options) => {
      const detail = await callConsole(await findRunning(data), `/cases/${encodeURIComponent(caseId)}`, CaseDetail)
      if (json === true) printJson(detail)
      else for (const line of describeCase(detail)) printLine(line)
    })
}

function asJson({ caseId, streamId, labels, priority, tier, state, openedAt, severity, version }: CaseSummary): object {
  return { caseId, streamId, labels, priority, tier, state, openedAt, severity, version }
}

function asLine({ caseId, streamId, labels, priority, tier, state, openedAt }: CaseSummary): string {
  return [tier, priority.toFixed(0).padStart(6), state.padEnd(9), openedAt, caseId, streamId, labels.join(',')].join(
    '  ',
  )
}

function describeCase({ case: one, signals, commands, decisions, stream }: CaseDetail): string[] {
  return [
    asLine(one),
    `stream ${one.streamId}, ${one.title}, ${one.live ? 'live' : 'ended'}, dark check: ${stream.darkState}`,
    ...signals.map(
      (signal) =>
        `hit ${signal.at}  ${signal.label} ${signal.score.toFixed(2)}  ${signal.lane}  ${signal.source.name} ${signal.source.version}`,
    ),
    ...decisions.map((decision) => `decision ${decision.decidedAt}  ${decision.action} by ${decision.decidedBy.id}`),
    ...commands.map((command) => `command ${command.sequence ?? '-'}  ${command.action}  ${command.state}`),
  ]
}
