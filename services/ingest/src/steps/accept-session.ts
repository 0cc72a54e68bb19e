import { createHash } from 'node:crypto'
import type { EncodedRecord } from '@streamkeeper/contracts'
import { endStream, findAccount, findStream, refuseStream, startStream, touchStream } from '@streamkeeper/database'
import { dlq, ok, retry, RetriableError, type Outcome, type Step } from '@streamkeeper/pipeline'
import { isOfType, type EventOfType, type Incoming } from '../accepted.js'
import { caused } from '../caused.js'
import { judgeAdmission, type Refusal } from '../judge-admission.js'
import type { Deps } from '../deps.js'
import { retryUntilStarted, soon, startDeadline } from './until-started.js'

type Started = Incoming<EventOfType<'live.session.started'>>
type Account = Awaited<ReturnType<typeof findAccount>>

/** Topics give no order among each other: what is known of the streamer may come a little later than his stream. */
const waitForAccountMs = 10_000

export interface JudgedStart extends Started {
  readonly refusal: Refusal | null
}

/** Whether the stream may start: verified, not blacklisted, licensed for its class. An unknown account is waited for. */
export function createJudgeStartStep({ database, policy }: Deps): Step<Started, JudgedStart> {
  const judge = (start: Started, account: Account): JudgedStart => ({
    ...start,
    refusal: judgeAdmission(policy.admission, { account, streamClass: start.event.data.class, at: start.event.time }),
  })
  return {
    name: 'judge-start',
    run: async (start) => {
      const account = await findAccount(database, start.event.data.streamer.accountId)
      if (account === null && policy.admission.requireVerifiedRealName)
        return retry(new UnknownAccountError('account is not known yet'), 'account-unknown', soon)
      return ok(judge(start, account))
    },
    deadline: {
      giveUpAfterMs: waitForAccountMs,
      orElse: (start, late) => (late.cause instanceof UnknownAccountError ? ok(judge(start, null)) : retry(late)),
    },
  }
}

class UnknownAccountError extends RetriableError {
  override readonly name = 'UnknownAccountError'
}

/** Starts or refuses the stream; a stream id is one broadcast and is not used again. */
export function createAcceptStartStep(deps: Deps): Step<JudgedStart, Incoming> {
  const { database, log } = deps
  return {
    name: 'accept-start',
    run: async (start) => {
      const { data } = start.event
      const row = { start: data, origin: start.record, now: new Date(deps.now()) }
      const result =
        start.refusal === null
          ? await startStream(database, row)
          : await refuseStream(database, { ...row, ...start.refusal })
      if (result === 'reused')
        return dlq('STREAM_ID_REUSED', `streamId: ${JSON.stringify(data.streamId)} was used before`)
      await log.publish(
        start.refusal === null ? startedRecords(deps, start) : [refusedRecord(deps, start, start.refusal)],
      )
      return ok(start)
    },
  }
}

function startedRecords({ topicPrefix, now }: Deps, start: Started): EncodedRecord[] {
  const { data } = start.event
  const accepted = {
    ...data,
    kind: 'started' as const,
    receivedAt: new Date(now()).toISOString(),
    origin: start.origin,
  }
  const signal = {
    ...sessionSignal(start, 'started'),
    accountId: data.streamer.accountId,
    class: data.class,
    title: data.title,
  }
  const records = [
    caused(topicPrefix, start, { type: 'moderation.session.accepted', data: accepted }),
    caused(topicPrefix, start, { type: 'moderation.signal.session', data: signal, suffix: 'session' }),
  ]
  if (data.viewers !== undefined) records.push(viewersRecord(topicPrefix, start, data.viewers))
  return records
}

function refusedRecord({ topicPrefix, now }: Deps, start: Started, { code, message }: Refusal): EncodedRecord {
  const { streamId } = start.event.data
  const data = { streamId, code, message, receivedAt: new Date(now()).toISOString(), origin: start.origin }
  return caused(topicPrefix, start, { type: 'moderation.session.refused', data })
}

export type Changed =
  | Incoming<EventOfType<'live.session.heartbeat'>>
  | Incoming<EventOfType<'live.session.updated'>>
  | Incoming<EventOfType<'live.session.ended'>>

/** Notes what changed of a running stream and hands it on, to the record and to policy. */
export function createAcceptChangeStep(deps: Deps): Step<Changed, Incoming> {
  return {
    name: 'accept-change',
    run: async (change): Promise<Outcome<Incoming>> => {
      const stream = await findStream(deps.database, change.event.subject)
      if (stream === null) return retryUntilStarted(change.event.subject)
      if (stream.state === 'refused')
        return dlq('STREAM_REFUSED', `streamId: refused as ${stream.refusedCode ?? 'unknown'}`)
      await noteChange(deps, change)
      await deps.log.publish(changeRecords(deps, change))
      return ok(change)
    },
    deadline: startDeadline<Changed, Incoming>(),
  }
}

async function noteChange({ database, streams }: Deps, change: Changed): Promise<void> {
  const { record } = change
  if (isOfType(change, 'live.session.ended')) {
    const { streamId, endedAt, reason } = change.event.data
    await endStream(database, { streamId, endedAt: new Date(endedAt), reason, brokerAt: new Date(record.brokerAt) })
    streams.forget(streamId)
    return
  }
  await touchStream(database, { ...change.event.data, at: new Date(record.brokerAt) })
}

function changeRecords({ topicPrefix, now }: Deps, change: Changed): EncodedRecord[] {
  const common = { receivedAt: new Date(now()).toISOString(), origin: change.origin }
  if (isOfType(change, 'live.session.heartbeat')) {
    const { data } = change.event
    return [
      caused(topicPrefix, change, {
        type: 'moderation.session.accepted',
        data: { ...data, kind: 'heartbeat', ...common },
      }),
      viewersRecord(topicPrefix, change, data.viewers),
    ]
  }
  if (isOfType(change, 'live.session.updated')) {
    const { data } = change.event
    const signal = {
      ...sessionSignal(change, 'updated'),
      ...(data.title === undefined ? {} : { title: data.title }),
      ...(data.class === undefined ? {} : { class: data.class }),
    }
    return [
      caused(topicPrefix, change, {
        type: 'moderation.session.accepted',
        data: { ...data, kind: 'updated', ...common },
      }),
      caused(topicPrefix, change, { type: 'moderation.signal.session', data: signal, suffix: 'session' }),
      ...(data.viewers === undefined ? [] : [viewersRecord(topicPrefix, change, data.viewers)]),
    ]
  }
  const { data } = change.event
  return [
    caused(topicPrefix, change, { type: 'moderation.session.accepted', data: { ...data, kind: 'ended', ...common } }),
    caused(topicPrefix, change, {
      type: 'moderation.signal.session',
      data: { ...sessionSignal(change, 'ended'), reason: data.reason },
      suffix: 'session',
    }),
  ]
}

function sessionSignal(incoming: Incoming, kind: 'started' | 'updated' | 'ended') {
  return {
    signalId: signalIdOf(incoming, 'session'),
    streamId: incoming.event.subject,
    kind,
    at: incoming.event.time.toISOString(),
  }
}

function viewersRecord(prefix: string, incoming: Incoming, viewers: number): EncodedRecord {
  const data = {
    signalId: signalIdOf(incoming, 'viewers'),
    streamId: incoming.event.subject,
    viewers,
    at: incoming.event.time.toISOString(),
  }
  return caused(prefix, incoming, { type: 'moderation.signal.viewers', data, suffix: 'viewers' })
}

function signalIdOf({ id }: Incoming, kind: string): string {
  return `sig-${createHash('sha256').update(`${kind}\0${id}`).digest('hex').slice(0, 32)}`
}
