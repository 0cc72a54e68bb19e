import { describe, expect, test } from '@jest/globals'
import { useTestDatabase } from './_test-database.js'
import { after, claimed, grow, machine, noon, person, policy, reason, rules, signal } from './_test-records.js'
import { actByPolicy } from './act-by-policy.js'
import { CaseConflictError, LeaseLostError } from './case-errors.js'
import { listCaseCommands, listCaseDecisions } from './case-views.js'
import { findCase, findOpenCase, listCaseSignals, type CaseRow } from './cases.js'
import type { Database } from './database.js'
import { decide } from './decide.js'
import { undoDecision } from './undo-decision.js'

let database: Database
useTestDatabase((opened) => (database = opened.database))

const make = (streamId: string, tier: 'P0' | 'P2' = 'P2') =>
  grow(database, { streamId, tier, signals: [signal(streamId, 1)] })

const limits = { expireAfterMs: 60_000, immediateTiers: ['P0' as const] }

async function act(row: CaseRow, decisionId: string, now = noon) {
  const known = await findCase(database, row.caseId)
  if (known === null) throw new Error('no case')
  const input = { decisionId, machine, reason, policy, seenThrough: 's', now, ...limits }
  return database.transaction((tx) => actByPolicy(tx, known, input))
}

async function countRows(table: 'commands' | 'decisions' | 'outbox', column: string, value: string): Promise<number> {
  const { rows } = await database.pool.query(`select 1 from ${table} where ${column} = $1`, [value])
  return rows.length
}

describe('who may decide', () => {
  test('the same key again is the same decision, also at once', async () => {
    const input = await claimed(database, await make('same-key'))
    const all = await Promise.all([1, 2, 3, 4].map(() => decide(database, input)))
    expect(new Set(all.map((each) => each.decision.decisionId)).size).toBe(1)
    expect(await countRows('commands', 'stream_id', 'same-key')).toBe(1)
    expect(await countRows('decisions', 'stream_id', 'same-key')).toBe(1)
  })

  test('of two people with the same lease one decides', async () => {
    const input = await claimed(database, await make('two-keys'))
    const both = await Promise.allSettled(
      ['a', 'b'].map((idempotencyKey) => decide(database, { ...input, idempotencyKey })),
    )
    expect(both.map((each) => each.status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(await countRows('commands', 'stream_id', 'two-keys')).toBe(1)
  })

  test('a stale token, a lease that ended and another version are refused and leave nothing', async () => {
    const input = await claimed(database, await make('refused'))
    const stale = { ...input, leaseToken: input.leaseToken - 1 }
    await expect(decide(database, stale)).rejects.toBeInstanceOf(LeaseLostError)
    await expect(decide(database, { ...input, now: after(60_001) })).rejects.toBeInstanceOf(LeaseLostError)
    for (const by of [-1, 1]) {
      const other = { ...input, expectedVersion: input.expectedVersion + by }
      await expect(decide(database, other)).rejects.toBeInstanceOf(CaseConflictError)
    }
    await expect(decide(database, { ...input, seenThroughSeq: 0 })).rejects.toBeInstanceOf(CaseConflictError)
    await expect(decide(database, { ...input, caseId: 'none' })).rejects.toBeInstanceOf(CaseConflictError)
    expect(await countRows('commands', 'stream_id', 'refused')).toBe(0)
    expect(await countRows('decisions', 'stream_id', 'refused')).toBe(0)
    expect(await countRows('outbox', 'key', 'refused')).toBe(2)
  })
})

describe('hits that were not on the screen', () => {
  test('open a follow-up of their own', async () => {
    const row = await make('follow')
    const input = await claimed(database, row)
    await grow(database, { streamId: 'follow', signals: [signal('follow', 2), signal('follow', 3)] })
    const decided = await decide(database, input)
    const followUp = await findOpenCase(database, 'follow')
    expect(decided.case).toMatchObject({ caseId: row.caseId, state: 'enforcing' })
    expect(followUp?.caseId).not.toBe(row.caseId)
    const idsOf = async (caseId = '') =>
      (await listCaseSignals(database, caseId, 10)).map((each) => each.signalId).toSorted()
    expect(await idsOf(row.caseId)).toEqual(['follow-signal-1'])
    expect(await idsOf(followUp?.caseId)).toEqual(['follow-signal-2', 'follow-signal-3'])
  })

  test('and go back with all that makes them urgent when the decision is taken back', async () => {
    const streamId = 'taken-back'
    const row = await make(streamId)
    const { decision } = await decide(database, await claimed(database, row))
    const late = { streamId, signals: [signal(streamId, 2)], severity: 95, tier: 'P0' as const, now: after(2) }
    const followUp = await grow(database, late)
    const blur = await act(followUp, 'm-taken-back', after(2))
    const undone = await undoDecision(database, { decisionId: decision.decisionId, actor: person, now: after(3) })
    expect(undone).toMatchObject({ caseId: row.caseId, state: 'open', tier: 'P0', severity: 95, priority: 95 })
    expect(await listCaseSignals(database, row.caseId, 10)).toHaveLength(2)
    expect(await findCase(database, followUp.caseId)).toMatchObject({ state: 'closed' })
    const moved = await listCaseCommands(database, row.caseId)
    expect(moved.map((command) => command.commandId)).toContain(blur?.commandId)
  })

  test('a follow-up by a hit that an undo took back before is a case of its own', async () => {
    const row = await make('again')
    for (const round of [1, 2, 3]) {
      const input = await claimed(database, row)
      if (round === 1) await grow(database, { streamId: 'again', signals: [signal('again', 2)] })
      const seenThroughSeq = Math.min(...(await listCaseSignals(database, row.caseId, 10)).map((each) => each.seq))
      const { decision } = await decide(database, { ...input, seenThroughSeq })
      expect((await findOpenCase(database, 'again'))?.caseId).not.toBe(row.caseId)
      await undoDecision(database, { decisionId: decision.decisionId, actor: person, now: after(1) })
      expect(await findOpenCase(database, 'again')).toMatchObject({ caseId: row.caseId })
      expect(await listCaseSignals(database, row.caseId, 10)).toHaveLength(2)
    }
  })
})

describe('commands of a stream', () => {
  test('decisions and policy at once: numbers without hole or double, events in order', async () => {
    const streamId = 'numbers'
    let issued = 0
    for (let round = 0; round < 4; round += 1) {
      const row = await grow(database, { streamId, signals: [signal(streamId, `round-${round}`)] })
      const [byPolicy] = await Promise.all([act(row, `d-${round}`), act(row, `d-${round}`).catch(String)])
      issued += byPolicy === null ? 0 : 1
      const input = await claimed(database, row)
      const late = grow(database, { streamId, signals: [signal(streamId, `late-${round}`)] })
      const [decided] = await Promise.all([decide(database, input), late])
      issued += decided.commands.length
    }
    const { rows } = await database.pool.query<{ place: number }>(
      'select place from commands where stream_id = $1 order by place',
      [streamId],
    )
    expect(issued).toBeGreaterThanOrEqual(8)
    expect(rows.map((row) => row.place)).toEqual(rows.map((_, n) => n + 1))
    const events = await database.pool.query<{ seq: string }>('select seq from outbox where key = $1 order by seq', [
      streamId,
    ])
    expect(events.rows.map((row) => Number(row.seq))).toEqual(events.rows.map((_, n) => n + 1))
  })

  test('P0 goes at once and cannot be taken back; others wait for their undo', async () => {
    const top = await decide(database, await claimed(database, await make('p0', 'P0')))
    expect(top.commands[0]).toMatchObject({ notBefore: noon, nextAttemptAt: noon })
    expect(top.decision.undoUntil).toBeNull()
    const { decisionId } = top.decision
    await expect(undoDecision(database, { decisionId, actor: person, now: noon })).rejects.toBeInstanceOf(
      CaseConflictError,
    )
    const other = await decide(database, await claimed(database, await make('p2')))
    expect(other.commands[0]).toMatchObject({ notBefore: after(rules.undoMs), expiresAt: after(70_000) })
    expect(other.decision.undoUntil).toEqual(after(rules.undoMs))
  })

  test('a cut waits for its proof, and forgets it when it is taken back', async () => {
    const input = await claimed(database, await make('cut'), { action: 'cut-stream' })
    const { case: row, commands, decision } = await decide(database, input)
    expect(row).toMatchObject({ darkState: 'waiting', cutCommandId: commands[0]?.commandId })
    const undone = await undoDecision(database, { decisionId: decision.decisionId, actor: person, now: after(9_999) })
    expect(undone).toMatchObject({ state: 'open', darkState: 'none', cutCommandId: null })
    const { rows } = await database.pool.query<{ event: { type: string; data: object } }>(
      `select event from outbox where event->>'id' = $1`,
      [`${decision.decisionId}:undone`],
    )
    expect(rows[0]?.event).toMatchObject({ type: 'moderation.decision.undone', data: { undoneBy: person } })
  })

  test('an undo comes once, in its time', async () => {
    const input = await claimed(database, await make('undo'))
    const { decisionId } = (await decide(database, input)).decision
    await expect(undoDecision(database, { decisionId, actor: person, now: after(10_000) })).rejects.toBeInstanceOf(
      CaseConflictError,
    )
    const both = await Promise.allSettled(
      [1, 2].map((ms) => undoDecision(database, { decisionId, actor: person, now: after(ms) })),
    )
    expect(both.map((each) => each.status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(await findOpenCase(database, 'undo')).toMatchObject({ state: 'open', claimedBy: null })
    // A late repetition of the request must not look as if the decision stood.
    await expect(decide(database, input)).rejects.toBeInstanceOf(CaseConflictError)
    await expect(undoDecision(database, { decisionId: 'none', actor: person, now: noon })).rejects.toBeInstanceOf(
      CaseConflictError,
    )
  })
})

describe('what a machine did for a time', () => {
  test('is confirmed by a decision, and runs on when that is taken back', async () => {
    const row = await make('confirm')
    const provisional = await act(row, 'm-confirm')
    const { commands, decision } = await decide(database, await claimed(database, row))
    expect(commands.map((command) => command.action)).toEqual(['confirm', 'warn-streamer'])
    expect(commands[0]?.data.revokes).toBe(provisional?.commandId)
    const [first] = await listCaseCommands(database, row.caseId)
    expect(first).toMatchObject({ action: 'blur-picture', provisional: 'confirmed' })
    await undoDecision(database, { decisionId: decision.decisionId, actor: person, now: after(1) })
    const [running, ...others] = await listCaseCommands(database, row.caseId)
    expect(running).toMatchObject({ provisional: 'running', state: 'waiting' })
    expect(others.map((command) => command.state)).toEqual(['cancelled', 'cancelled'])
  })

  test('is restored by "no violation", which orders nothing else', async () => {
    const row = await make('restore')
    await act(row, 'm-restore')
    const { commands, case: decided } = await decide(database, await claimed(database, row, { action: 'no-violation' }))
    expect(commands.map((command) => command.action)).toEqual(['restore'])
    expect(decided.state).toBe('enforcing')
  })

  test('"no violation" with nothing to restore closes the case', async () => {
    const input = await claimed(database, await make('nothing'), { action: 'no-violation' })
    const decided = await decide(database, input)
    expect(decided).toMatchObject({ commands: [], case: { state: 'closed' }, decision: { undoUntil: null } })
  })

  test('is done once: the same decision id again, or another rule that asks for the same', async () => {
    const row = await make('once')
    expect(await act(row, 'm-1')).not.toBeNull()
    expect(await act(row, 'm-1')).toBeNull()
    expect(await act(row, 'm-2')).toBeNull()
    expect(await listCaseCommands(database, row.caseId)).toHaveLength(1)
    expect((await listCaseDecisions(database, row.caseId)).map((each) => each.decisionId)).toContain('m-1')
  })
})
