import type { CaseDetail, DecideRequest, PageEvent } from '@streamkeeper/contracts'
import { makeCases } from './cases.js'
import { StandInHeld } from './held.js'

const leaseMs = 180_000
const undoMs = 10_000
export const standInAccount = { username: 'reviewer07', password: 'drill' }

export class StandInError extends Error {
  override readonly name = 'StandInError'
  readonly code: string
  readonly status: number

  constructor(code: string, status: number) {
    super(code)
    this.code = code
    this.status = status
  }
}

const utc = (ms = Date.now()) => new Date(ms).toISOString()

/** Keeps cases in memory and behaves like the API towards the page; for work on the page and its tests only. */
export class StandIn {
  cases: CaseDetail[] = makeCases(Date.now())
  readonly held = new StandInHeld()
  away: string[] = []
  signedIn = false
  disobey = false
  readonly listeners = new Set<(event: PageEvent) => void>()
  private readonly tokens = new Map<string, number>()

  find(caseId: string): CaseDetail {
    const found = this.cases.find((each) => each.case.caseId === caseId)
    if (!found) throw new StandInError('CASE_UNKNOWN', 404)
    return found
  }

  list(state: string) {
    const waits = ({ case: row }: CaseDetail) => row.state === 'open' || row.state === 'claimed'
    const mine = ({ case: row }: CaseDetail) => row.claimedBy === standInAccount.username && row.state === 'claimed'
    const keep = { waiting: waits, mine, decided: (each: CaseDetail) => !waits(each) }[state] ?? (() => true)
    const rows = this.cases.filter(keep).map((each) => each.case)
    return { cases: rows, waiting: this.cases.filter(waits).length, at: utc() }
  }

  say(event: PageEvent): void {
    for (const listener of this.listeners) listener(event)
  }

  change(detail: CaseDetail, change: Partial<CaseDetail['case']>): void {
    Object.assign(detail.case, change, { version: detail.case.version + 1 })
    this.say({ type: 'case', caseId: detail.case.caseId, version: detail.case.version })
  }

  claim(caseId: string) {
    const detail = this.find(caseId)
    if (detail.case.state === 'claimed' && detail.case.claimedBy !== standInAccount.username)
      throw new StandInError('LEASE_LOST', 409)
    const token = (this.tokens.get(caseId) ?? 0) + 1
    this.tokens.set(caseId, token)
    const leaseUntil = utc(Date.now() + leaseMs)
    this.change(detail, { state: 'claimed', claimedBy: standInAccount.username, leaseUntil })
    return { caseId, leaseToken: String(token), leaseUntil }
  }

  hold(caseId: string, leaseToken: string): CaseDetail {
    const detail = this.find(caseId)
    if (detail.case.claimedBy !== standInAccount.username || String(this.tokens.get(caseId)) !== leaseToken)
      throw new StandInError('LEASE_LOST', 409)
    return detail
  }

  release(caseId: string, leaseToken: string): void {
    this.change(this.hold(caseId, leaseToken), { state: 'open', claimedBy: null, leaseUntil: null })
  }

  decide(caseId: string, body: DecideRequest) {
    const detail = this.hold(caseId, body.leaseToken)
    if (detail.case.version !== body.expectedVersion) throw new StandInError('CASE_CONFLICT', 409)
    const undoUntil = utc(Date.now() + undoMs)
    const decision = {
      decisionId: `decision-${body.idempotencyKey}`,
      action: body.action,
      decidedBy: { kind: 'person' as const, id: standInAccount.username },
      decidedAt: utc(),
      label: body.label,
      textForStreamer: body.textForStreamer,
      undoUntil,
      undoneAt: null,
    }
    detail.decisions = [...detail.decisions, decision]
    if (body.action !== 'no-violation') this.order(detail, body.action, undoUntil)
    this.change(detail, {
      state: body.action === 'no-violation' ? 'closed' : 'decided',
      claimedBy: null,
      leaseUntil: null,
    })
    return { decision, commands: detail.commands, case: detail.case }
  }

  /** The command waits for the time to undo, leaves, is acknowledged, and the stream goes dark or does not. */
  private order(detail: CaseDetail, action: Exclude<DecideRequest['action'], 'no-violation'>, notBefore: string): void {
    const command: CaseDetail['commands'][number] = {
      commandId: `command-${detail.commands.length + 2}`,
      sequence: detail.commands.length + 1,
      action,
      state: 'waiting',
      issuedAt: utc(),
      notBefore,
      sentAt: null,
      acknowledgedAt: null,
      provisional: null,
    }
    detail.commands = [...detail.commands, command]
    const step = (after: number, work: () => void) =>
      setTimeout(() => command.state !== 'cancelled' && work(), Date.parse(notBefore) - Date.now() + after)
    step(100, () => {
      Object.assign(command, { state: 'sent', sentAt: utc() })
      this.change(detail, { state: 'enforcing' })
    })
    step(1_500, () => {
      Object.assign(command, { state: 'acknowledged', acknowledgedAt: utc() })
      detail.stream.darkState = 'waiting'
      this.change(detail, {})
    })
    step(3_500, () => {
      const state = this.disobey ? 'disobeyed' : 'dark'
      detail.stream.darkState = state
      this.change(detail, { state, live: this.disobey })
    })
  }

  undo(decisionId: string): void {
    const detail = this.cases.find((each) => each.decisions.some((decision) => decision.decisionId === decisionId))
    const command = detail?.commands.at(-1)
    if (!detail || (command && command.state !== 'waiting')) throw new StandInError('CASE_CONFLICT', 409)
    if (command) command.state = 'cancelled'
    detail.decisions = detail.decisions.filter((decision) => decision.decisionId !== decisionId)
    this.change(detail, { state: 'open' })
  }
}
