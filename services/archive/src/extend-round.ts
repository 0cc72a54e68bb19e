import { listExtendable, markExtended, type Extendable } from '@streamkeeper/database'
import { crashPoint } from '@streamkeeper/runtime'
import type { Deps } from './deps.js'
import { keptUntil } from './plans.js'

type ExtendDeps = Pick<Deps, 'database' | 'archive' | 'profile' | 'logger'>

/**
 * One round: objects of a stream that has ended, or has another class, are kept as long as that asks for; never shorter
 * than before. To the same effect however often: the store is asked what it holds before and after.
 */
export async function extendRound(deps: ExtendDeps, signal: AbortSignal): Promise<void> {
  for (const object of await listExtendable(deps.database, 500)) {
    signal.throwIfAborted()
    await extend(deps, object)
  }
}

async function extend({ database, archive, profile, logger }: ExtendDeps, object: Extendable): Promise<void> {
  const { objectKey, versionId, mode, kind, stream, countedFrom } = object
  const until = new Date(keptUntil(profile, { kind, streams: [stream], times: [countedFrom] }).retainUntil)
  const held = await archive.retention(objectKey, versionId)
  crashPoint('archive.before-extend')
  if (held === null || held.until < until) await archive.extendRetention(objectKey, versionId, { mode, until })
  crashPoint('archive.after-extend')
  const now = await archive.retention(objectKey, versionId)
  if (now === null || now.until < until)
    throw new Error(`${objectKey}: the store keeps it until ${now?.until.toISOString() ?? 'nothing'}, not longer`)
  await markExtended(database, object, now.until)
  logger.debug({ key: objectKey, until: now.until }, 'retention is counted anew')
}
