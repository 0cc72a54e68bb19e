import { randomUUID } from 'node:crypto'
import { DeleteObjectCommand, HeadObjectCommand, PutObjectRetentionCommand, type S3Client } from '@aws-sdk/client-s3'
import type { Retention } from '@streamkeeper/pipeline'
import { createClient, type S3Options } from './client.js'
import { createS3ObjectStore } from './s3-object-store.js'
import { nameOf, statusOf, toStoreError } from './store-errors.js'

export interface LockCheck {
  readonly name: string
  readonly expected: string
  readonly observed: string
  readonly ok: boolean
}

export interface LockVerdict {
  readonly verdict: 'locked' | 'unlocked'
  readonly checks: readonly LockCheck[]
}

interface Place {
  readonly Bucket: string
  readonly Key: string
  readonly VersionId: string
}

/** Short: what the probe leaves behind may be deleted after a minute. */
const lockMs = 45_000

/**
 * Tries with these very credentials what a store that really locks must refuse, past our own checks. Leaves one small
 * object under `.streamkeeper-probe/`, locked for less than a minute. Throws RetriableError when the store is away.
 */
export async function probeLock(options: S3Options): Promise<LockVerdict> {
  const client = createClient(options)
  const store = createS3ObjectStore(options)
  try {
    const key = `.streamkeeper-probe/${randomUUID()}`
    const retention = { mode: 'COMPLIANCE', until: new Date(Math.ceil((Date.now() + lockMs) / 1000) * 1000) } as const
    const put = await store.put(key, Buffer.from('streamkeeper lock probe'), { contentType: 'text/plain', retention })
    if (put.outcome !== 'stored') return judge([check('a new key can be written', 'stored', put.outcome)])
    const { versionId, sha256 } = put.object
    const held = await store.retention(key, versionId)
    const place = { Bucket: options.bucket, Key: key, VersionId: versionId }
    return judge([
      check('a version has an id', 'yes', versionId === 'null' ? 'no' : 'yes'),
      check('the mode is kept', retention.mode, held?.mode ?? 'none'),
      check('the date is kept', retention.until.toISOString(), dateOf(held)),
      ...(await attack(client, place, retention.until)),
      check('the date still stands', retention.until.toISOString(), dateOf(await store.retention(key, versionId))),
      check('the bytes are still there', sha256, (await store.get(key, versionId))?.object.sha256 ?? 'none'),
    ])
  } catch (error) {
    throw toStoreError(error, 'lock probe')
  } finally {
    client.destroy()
    await store.close()
  }
}

function dateOf(held: Retention | null): string {
  return held?.until.toISOString() ?? 'none'
}

async function attack(client: S3Client, place: Place, until: Date): Promise<LockCheck[]> {
  const sooner = new Date(until.getTime() - 20_000)
  const retain = (Mode: 'COMPLIANCE' | 'GOVERNANCE', RetainUntilDate: Date): Promise<unknown> =>
    client.send(
      new PutObjectRetentionCommand({
        ...place,
        Retention: { Mode, RetainUntilDate },
        BypassGovernanceRetention: true,
        ChecksumAlgorithm: 'SHA256',
      }),
    )
  return [
    await refuses('an earlier date', () => retain('COMPLIANCE', sooner)),
    await refuses('a weaker mode', () => retain('GOVERNANCE', until)),
    await refuses('deleting the version', () => client.send(new DeleteObjectCommand(place))),
    await refuses('deleting the version with bypass', () =>
      client.send(new DeleteObjectCommand({ ...place, BypassGovernanceRetention: true })),
    ),
    check('the version is still there', 'yes', (await isThere(client, place)) ? 'yes' : 'no'),
  ]
}

async function refuses(what: string, call: () => Promise<unknown>): Promise<LockCheck> {
  const name = `${what} is refused`
  try {
    await call()
    return check(name, 'refused', 'done')
  } catch (error) {
    const status = statusOf(error) ?? 0
    // A server in trouble has refused nothing.
    if (status < 400 || status >= 500) throw error
    return { name, expected: 'refused', observed: `refused (${status} ${nameOf(error)})`, ok: true }
  }
}

async function isThere(client: S3Client, place: Place): Promise<boolean> {
  try {
    await client.send(new HeadObjectCommand(place))
    return true
  } catch (error) {
    if (statusOf(error) === 404) return false
    throw error
  }
}

function check(name: string, expected: string, observed: string): LockCheck {
  return { name, expected, observed, ok: expected === observed }
}

function judge(checks: readonly LockCheck[]): LockVerdict {
  return { verdict: checks.every(({ ok }) => ok) ? 'locked' : 'unlocked', checks }
}
