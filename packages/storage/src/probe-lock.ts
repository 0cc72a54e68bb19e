import { randomUUID } from 'node:crypto'
import type { ObjectStore } from '@streamkeeper/pipeline'

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

/** Short: what the probe leaves behind may be deleted after a minute. */
const lockMs = 45_000

/** Tries what a store that really locks must refuse. Leaves one small object, locked for less than a minute. */
export async function probeLock(store: ObjectStore): Promise<LockVerdict> {
  const key = `.streamkeeper-probe/${randomUUID()}`
  const until = new Date(Date.now() + lockMs)
  const put = await store.put(key, Buffer.from('streamkeeper lock probe'), {
    contentType: 'text/plain',
    ifAbsent: true,
    retention: { mode: 'COMPLIANCE', until },
  })
  if (put.outcome !== 'stored')
    return { verdict: 'unlocked', checks: [check('a new key can be written', 'stored', put.outcome)] }
  const { versionId } = put.object
  const held = await store.retention(key, versionId)
  const checks = [
    check('the version has an id', 'yes', versionId === 'null' ? 'no' : 'yes'),
    check('the retention is kept', 'COMPLIANCE', held?.mode ?? 'none'),
    check(
      'a second write of the key is refused',
      'already-exists',
      (await store.put(key, Buffer.from('other'), { contentType: 'text/plain', ifAbsent: true })).outcome,
    ),
    check('the version cannot be deleted', 'refused', (await store.remove(key, versionId)).outcome),
    check('the version is still there', 'yes', (await store.head(key, versionId)) === null ? 'no' : 'yes'),
  ]
  return { verdict: checks.every((one) => one.ok) ? 'locked' : 'unlocked', checks }
}

function check(name: string, expected: string, observed: string): LockCheck {
  return { name, expected, observed, ok: expected === observed }
}
