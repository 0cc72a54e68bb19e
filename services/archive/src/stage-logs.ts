import { topicOf } from '@streamkeeper/contracts'
import { lastStagedOffset, stageBatch } from '@streamkeeper/database'
import {
  backOffMs,
  isFenced,
  isRetriable,
  systemTiming,
  type LogRecord,
  type RecordBatch,
  type Timing,
} from '@streamkeeper/pipeline'
import { crashPoint } from '@streamkeeper/runtime'
import type { Deps } from './deps.js'
import { kindOf } from './kind-of.js'
import { batchSpoolKey, digest, packLines, type PackedLines } from './log-lines.js'

const backOff = { firstMs: 500, capMs: 15_000 }
const heartbeatEveryMs = 1_000

type StageDeps = Pick<Deps, 'database' | 'spool' | 'logger' | 'topicPrefix' | 'now'>

/** Puts each batch into the spool and notes it, then commits; while a dependency is away it waits where it is. */
export function createLogStage(deps: StageDeps, signal: AbortSignal, timing: Timing = systemTiming) {
  return async function onBatch(batch: RecordBatch): Promise<void> {
    for (let failures = 1; isWanted(batch, signal); failures++) {
      try {
        await stageOnce(deps, batch)
        return
      } catch (error) {
        if (!isRetriable(error)) throw error
        const { topic, partition } = batch.assignment
        const waitMs = backOffMs(failures, backOff, timing)
        deps.logger.warn({ err: error, topic, partition, waitMs }, 'log batch is not staged, trying again')
        await wait(batch, waitMs, { signal, timing })
      }
    }
  }
}

/** What is left at a stop or a move of the partition is read again by the next owner: nothing of it is committed. */
function isWanted({ assignment }: RecordBatch, signal: AbortSignal): boolean {
  return !signal.aborted && assignment.isCurrent()
}

async function wait(
  batch: RecordBatch,
  waitMs: number,
  { signal, timing }: { readonly signal: AbortSignal; readonly timing: Timing },
): Promise<void> {
  for (let left = waitMs; left > 0 && isWanted(batch, signal); left -= heartbeatEveryMs) {
    await timing.sleep(Math.min(left, heartbeatEveryMs), signal).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
    if (isWanted(batch, signal)) await batch.heartbeat()
  }
}

async function stageOnce(deps: StageDeps, batch: RecordBatch): Promise<void> {
  const { assignment, records } = batch
  const last = records.at(-1)
  if (last === undefined) return
  const place = {
    topic: topicOf(deps.topicPrefix, assignment.topic) ?? assignment.topic,
    partition: assignment.partition,
  }
  for (;;) {
    const staged = await lastStagedOffset(deps.database, place)
    const rest = staged === null ? records : records.filter((record) => record.offset > staged)
    if (rest.length === 0 || (await stageRest(deps, place, rest))) break
    await batch.heartbeat()
  }
  crashPoint('archive.before-commit')
  await assignment.commit(last.offset).catch((error: unknown) => {
    // The next owner reads it again and finds it staged.
    if (!isFenced(error)) throw error
  })
}

async function stageRest(
  { database, spool, now }: StageDeps,
  { topic, partition }: { readonly topic: string; readonly partition: number },
  records: readonly LogRecord[],
): Promise<boolean> {
  const [first, last] = [records[0], records.at(-1)]
  if (first === undefined || last === undefined) return true
  const packed = packLines(records)
  const spoolKey = await putOnce(spool, batchSpoolKey(topic, partition, first.offset), packed)
  crashPoint('archive.after-spool')
  const times = records.map((record) => record.brokerAt)
  return stageBatch(database, {
    topic,
    partition,
    firstOffset: first.offset,
    lastOffset: last.offset,
    records: records.length,
    sha256: packed.sha256,
    size: packed.size,
    spoolKey,
    streamIds: kindOf(topic) === 'chat' ? [...new Set(records.flatMap(({ key }) => key ?? []))] : [],
    brokerFirstAt: new Date(times.reduce((a, b) => Math.min(a, b))),
    brokerLastAt: new Date(times.reduce((a, b) => Math.max(a, b))),
    stagedAt: new Date(now()),
  })
}

/** A read before a crash may have put a longer or shorter batch under the same first offset: that one stays. */
async function putOnce(spool: Deps['spool'], key: string, { bytes, sha256 }: PackedLines): Promise<string> {
  const options = { contentType: 'application/gzip', ifAbsent: true }
  if ((await spool.put(key, bytes, options)).outcome === 'stored') return key
  const found = await spool.get(key)
  if (found !== null && found.object.sha256 === digest(bytes)) return key
  const other = `${key}-${sha256}`
  await spool.put(other, bytes, options)
  return other
}
