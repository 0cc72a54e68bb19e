import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { markSealed, movePlan, type SealPlan } from '@streamkeeper/database'
import type { ObjectStore, Retention } from '@streamkeeper/pipeline'
import { crashPoint } from '@streamkeeper/runtime'
import type { Deps } from './deps.js'
import { digest } from './log-lines.js'
import { indexKey, keysOf } from './plans.js'

/** Stores round the date that they keep. */
const toleranceMs = 2_000

/** Something about a plan is wrong that waiting does not mend: the plan stays and a person must look. */
class SealError extends Error {
  override readonly name = 'SealError'
}

/** Other content lies under the key. A database that was put back to an earlier state plans again what was sealed since. */
class KeyTakenError extends SealError {}

interface Content {
  readonly bytes: Buffer
  /** Of the content before compression. */
  readonly contentSha256: string
}

interface Locked {
  readonly key: string
  readonly bytes: Buffer
  readonly contentType: string
  readonly retention: Retention
}

type SealDeps = Pick<Deps, 'database' | 'spool' | 'archive' | 'logger' | 'now'>

/**
 * Carries out one plan; to the same effect however often. Throws SealError when a part is missing or differs from what was staged.
 * Where other content lies under its key both stay: the plan gets a key beside it, and is carried out under that one.
 */
export async function seal(deps: SealDeps, plan: SealPlan): Promise<void> {
  try {
    await carryOut(deps, plan)
  } catch (error) {
    if (!(error instanceof KeyTakenError)) throw error
    const moved = { ...plan, key: besideKey(plan) }
    deps.logger.error(
      { err: error, key: plan.key, beside: moved.key },
      'other content lies under the key: both are kept',
    )
    const keys = keysOf(plan).map((from, at) => ({ from, to: keysOf(moved)[at] ?? moved.key }))
    await movePlan(deps.database, { plan: moved, from: plan.key, keys })
    await carryOut(deps, moved)
  }
}

/** The same for the same plan, and for no other. */
function besideKey(plan: SealPlan): string {
  return plan.key.replace(/(?=\.(bin|jsonl\.gz)$)/, `-${digest(Buffer.from(JSON.stringify(plan))).slice(0, 16)}`)
}

async function carryOut(deps: SealDeps, plan: SealPlan): Promise<void> {
  const { bytes, contentSha256 } = await collect(deps.spool, plan)
  const { kind, key, streamId, topic, mode } = plan
  const retention = { mode, until: new Date(plan.retainUntil) }
  const common = { kind, streamId, topic, mode }
  if (kind === 'media') {
    const index = Buffer.from(`${JSON.stringify({ object: key, sha256: contentSha256, ...plan.index })}\n`)
    const row = await putLocked(deps.archive, {
      key: indexKey(key),
      bytes: index,
      contentType: 'application/json',
      retention,
    })
    const sealed = { ...row, ...common, contentSha256: row.sha256, sealedAt: new Date(deps.now()) }
    await markSealed(deps.database, sealed)
  }
  const contentType = kind === 'media' ? 'application/octet-stream' : 'application/gzip'
  const row = await putLocked(deps.archive, { key, bytes, contentType, retention })
  crashPoint('archive.before-mark-sealed')
  await markSealed(deps.database, { ...row, ...common, contentSha256, sealedAt: new Date(deps.now()) })
}

async function collect(spool: ObjectStore, plan: SealPlan): Promise<Content> {
  const parts: Buffer[] = []
  const content = createHash('sha256')
  for (const { spoolKey, sha256 } of plan.parts) {
    const found = await spool.get(spoolKey)
    if (found === null) throw new SealError(`${plan.key}: ${spoolKey} is missing in the spool`)
    const plain = plan.kind === 'log' ? gunzipSync(found.bytes) : found.bytes
    if (digest(plain) !== sha256) throw new SealError(`${plan.key}: ${spoolKey} has other bytes than were staged`)
    content.update(plain)
    parts.push(found.bytes)
  }
  return { bytes: Buffer.concat(parts), contentSha256: content.digest('hex') }
}

/** Writes the key once, or finds it written with the same bytes, and reads back what is there and until when. */
async function putLocked(archive: ObjectStore, { key, bytes, contentType, retention }: Locked) {
  const sha256 = digest(bytes)
  const put = await archive.put(key, bytes, { contentType, ifAbsent: true, retention })
  crashPoint('archive.after-put')
  const found = await archive.get(key, put.outcome === 'stored' ? put.object.versionId : undefined)
  if (found === null) throw new SealError(`${key}: is not there after it was written`)
  if (digest(found.bytes) !== sha256) {
    if (put.outcome === 'already-exists') throw new KeyTakenError(`${key}: other bytes lie there`)
    throw new SealError(`${key}: other bytes lie there than were written`)
  }
  const { versionId } = found.object
  const held = await keep(archive, { key, versionId }, retention)
  return { objectKey: key, versionId, sha256, size: bytes.length, retainUntil: held.until }
}

/** What the store says it keeps; made longer when the same content was sealed before, by an earlier state of the database. */
async function keep(
  archive: ObjectStore,
  { key, versionId }: { readonly key: string; readonly versionId: string },
  retention: Retention,
): Promise<Retention> {
  const before = await archive.retention(key, versionId)
  if (before?.mode === retention.mode && isShorter(before, retention))
    await archive.extendRetention(key, versionId, retention)
  const held = await archive.retention(key, versionId)
  if (held === null || held.mode !== retention.mode || isShorter(held, retention))
    throw new SealError(
      `${key}: kept ${held === null ? 'without lock' : `${held.mode} until ${held.until.toISOString()}`}, wanted ${retention.mode} until ${retention.until.toISOString()}`,
    )
  return held
}

function isShorter(held: Retention, wanted: Retention): boolean {
  return held.until.getTime() < wanted.until.getTime() - toleranceMs
}
