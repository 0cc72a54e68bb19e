import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { markSealed, type SealPlan } from '@streamkeeper/database'
import type { ObjectStore, Retention } from '@streamkeeper/pipeline'
import { crashPoint } from '@streamkeeper/runtime'
import type { Deps } from './deps.js'
import { digest } from './log-lines.js'
import { indexKey } from './plans.js'

/** Stores round the date that they keep. */
const toleranceMs = 2_000

/** Something about a plan is wrong that waiting does not mend: the plan stays and a person must look. */
class SealError extends Error {
  override readonly name = 'SealError'
}

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

type SealDeps = Pick<Deps, 'database' | 'spool' | 'archive' | 'now'>

/** Carries out one plan; to the same effect however often. Throws SealError when a part is missing or content differs. */
export async function seal(deps: SealDeps, plan: SealPlan): Promise<void> {
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
  if (digest(found.bytes) !== sha256) throw new SealError(`${key}: other bytes lie there`)
  const { versionId } = found.object
  const held = await archive.retention(key, versionId)
  if (held === null || held.mode !== retention.mode || isShorter(held, retention))
    throw new SealError(
      `${key}: kept ${held === null ? 'without lock' : `${held.mode} until ${held.until.toISOString()}`}, wanted ${retention.mode} until ${retention.until.toISOString()}`,
    )
  return { objectKey: key, versionId, sha256, size: bytes.length, retainUntil: held.until }
}

function isShorter(held: Retention, wanted: Retention): boolean {
  return held.until.getTime() < wanted.until.getTime() - toleranceMs
}
