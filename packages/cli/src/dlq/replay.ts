import { createHash } from 'node:crypto'
import type { ObjectStore, OutgoingRecord } from '@streamkeeper/pipeline'
import type { DeadLetter } from './read-dead-letters.js'

/** Where the record of a replay came from: stands beside what its producer wrote. */
const replayHeader = 'streamkeeper-replay'

export type Replay = { readonly record: OutgoingRecord } | { readonly refused: string }

/** The record as its producer published it, for its own topic. What can no longer be had whole is refused, with the reason. */
export async function restoreRecord({ id, rejected }: DeadLetter, spool: Pick<ObjectStore, 'get'>): Promise<Replay> {
  if (rejected['keyCut'] === true) return { refused: 'its key was too long to be kept' }
  if (rejected['headersCut'] === true) return { refused: 'its headers were too large to be kept' }
  const value = await bytesOf(rejected, spool)
  if (value === null) return { refused: 'its bytes are no longer kept' }
  const headers = rejected.headers ?? {}
  const key = rejected.key ?? headers['ce_subject'] ?? subjectIn(value)
  if (key === null) return { refused: 'it has neither key nor subject' }
  return { record: { topic: rejected.topic, key, value, headers: { ...headers, [replayHeader]: id } } }
}

/** The bytes of a dead letter; null when they are gone. Throws when they are not the ones that were rejected. */
export async function bytesOf(
  { value, spool: place, sha256 }: DeadLetter['rejected'],
  spool: Pick<ObjectStore, 'get'>,
): Promise<Buffer | null> {
  const bytes = value === undefined ? await fetchBytes(place?.key, spool) : Buffer.from(value, 'base64')
  if (bytes !== null && sha256 !== undefined && createHash('sha256').update(bytes).digest('hex') !== sha256)
    throw new Error('the bytes are not the ones that were rejected: their SHA-256 differs')
  return bytes
}

async function fetchBytes(key: string | undefined, spool: Pick<ObjectStore, 'get'>): Promise<Buffer | null> {
  return key === undefined ? null : ((await spool.get(key))?.bytes ?? null)
}

function subjectIn(value: Buffer): string | null {
  try {
    const event: unknown = JSON.parse(value.toString('utf8'))
    if (typeof event === 'object' && event !== null && 'subject' in event) return String(event.subject)
  } catch (error) {
    // Not JSON: that may be why it was rejected.
    if (!(error instanceof SyntaxError)) throw error
  }
  return null
}
