import { StreamkeeperError, type CaseDetail, type CaseSummary } from '@streamkeeper/contracts'
import {
  countCaseSignals,
  countPastCases,
  findAccount,
  findCase,
  findNicknames,
  findStream,
  listCaseCommands,
  listCaseDecisions,
  listShownSignals,
  listCoverageFrom,
  type CaseRow,
} from '@streamkeeper/database'
import { textFor } from '@streamkeeper/policy'
import type { Deps } from './deps.js'
import { viewCase, viewCommand, viewDecision, viewSignal, viewStretch } from './views.js'

/** So many of the latest hits, beside those that keep their picture. */
const shownSignals = 200
/** How much of the stream the page draws. */
const shownMs = 10 * 60 * 1000

export async function loadCase({ database }: Deps, caseId: string): Promise<CaseRow> {
  const row = await findCase(database, caseId)
  if (row === null) throw new StreamkeeperError('NOT_FOUND', `there is no case ${caseId}`)
  return row
}

export async function summarise({ database }: Deps, rows: readonly CaseRow[]): Promise<CaseSummary[]> {
  const hits = await countCaseSignals(
    database,
    rows.map((row) => row.caseId),
  )
  const nicknames = await findNicknames(
    database,
    rows.map((row) => row.streamId),
  )
  return rows.map((row) =>
    viewCase(row, { hits: hits.get(row.caseId) ?? 0, nickname: nicknames.get(row.streamId) ?? null }),
  )
}

/** Everything that the page shows of one case. */
export async function showCase(deps: Deps, row: CaseRow): Promise<CaseDetail> {
  const { database, policy, now } = deps
  const { caseId, streamId, accountId } = row
  const [stream, account] = await Promise.all([findStream(database, streamId), findAccount(database, accountId)])
  const lengthMs = stream?.lengthMs ?? 0
  const [[summary], signals, commands, decisions, coverage, pastCases] = await Promise.all([
    summarise(deps, [row]),
    listShownSignals(database, caseId, shownSignals),
    listCaseCommands(database, caseId),
    listCaseDecisions(database, caseId),
    listCoverageFrom(database, streamId, lengthMs - shownMs),
    countPastCases(database, accountId, caseId),
  ])
  if (summary === undefined) throw new Error('a case without a summary')
  return {
    case: summary,
    signals: signals.map(viewSignal).toReversed(),
    commands: commands.map(viewCommand),
    decisions: decisions.map((decision) => viewDecision(decision, now())),
    coverage: coverage.map(viewStretch),
    stream: viewStream(row, stream),
    streamer: viewStreamer(account, pastCases),
    reasons: policy.rules
      .filter((rule) => row.labels.includes(rule.label))
      .map((rule) => ({ label: rule.label, textForStreamer: textFor(rule, stream?.language) })),
  }
}

function viewStream(row: CaseRow, stream: Awaited<ReturnType<typeof findStream>>): CaseDetail['stream'] {
  const darkState = row.darkState
  if (stream === null)
    return { startedAt: row.openedAt.toISOString(), endedAt: null, lengthMs: 0, address: null, port: 0, darkState }
  const { startedAt, endedAt, lengthMs, address, port } = stream
  return {
    startedAt: startedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    lengthMs,
    address,
    port: port ?? 0,
    darkState,
  }
}

function viewStreamer(account: Awaited<ReturnType<typeof findAccount>>, pastCases: number): CaseDetail['streamer'] {
  if (account === null) return { realName: 'unknown', ageBand: null, blacklisted: false, pastCases }
  const { realName, ageBand, blacklisted } = account
  return { realName, ageBand, blacklisted, pastCases }
}
