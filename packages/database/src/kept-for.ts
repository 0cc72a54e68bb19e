import type { RecordClass } from '@streamkeeper/contracts'
import { and, eq, inArray, sql } from 'drizzle-orm'
import { attempt } from './attempt.js'
import type { Database, Queries } from './database.js'
import { archiveObjects, archiveStreams, streams, type SealPlan } from './schema/index.js'

export type KeptFor = typeof archiveStreams.$inferInsert

/** What retention asks of a stream. */
export type RetentionFacts = Pick<typeof streams.$inferSelect, 'streamId' | 'class' | 'endedAt'>

/** Class and end of streams, by id; what is not known is left out. */
export async function findStreamsForRetention(
  { orm }: Queries,
  streamIds: readonly string[],
): Promise<ReadonlyMap<string, RetentionFacts>> {
  if (streamIds.length === 0) return new Map()
  const columns = { streamId: streams.streamId, class: streams.class, endedAt: streams.endedAt }
  const where = inArray(streams.streamId, [...streamIds])
  const rows = await attempt(() => orm.select(columns).from(streams).where(where))
  return new Map(rows.map((row) => [row.streamId, row]))
}

/** Notes whose content planned objects will hold. Within the transaction that writes the plans. */
export async function noteKeptFor({ orm }: Queries, rows: readonly KeptFor[]): Promise<void> {
  if (rows.length > 0)
    await orm
      .insert(archiveStreams)
      .values([...rows])
      .onConflictDoNothing()
}

export interface Extendable {
  readonly objectKey: string
  readonly versionId: string
  readonly mode: SealPlan['mode']
  readonly kind: RecordClass
  readonly countedFrom: Date
  readonly stream: RetentionFacts
}

/** Sealed objects whose stream has ended or changed its class since their date was counted. */
export async function listExtendable({ orm }: Queries, limit: number): Promise<readonly Extendable[]> {
  const hasChanged = sql`(${streams.endedAt} is not null or ${streams.class} is distinct from ${archiveStreams.countedClass})`
  return attempt(() =>
    orm
      .select({
        objectKey: archiveStreams.objectKey,
        versionId: archiveObjects.versionId,
        mode: archiveObjects.mode,
        kind: archiveStreams.kind,
        countedFrom: archiveStreams.countedFrom,
        stream: { streamId: streams.streamId, class: streams.class, endedAt: streams.endedAt },
      })
      .from(archiveStreams)
      .innerJoin(streams, eq(streams.streamId, archiveStreams.streamId))
      .innerJoin(archiveObjects, eq(archiveObjects.objectKey, archiveStreams.objectKey))
      .where(and(sql`${archiveStreams.countedEnd} is null`, hasChanged))
      .limit(limit),
  )
}

/** Notes by what the date of an object is counted now, and until when the store keeps it. */
export async function markExtended(
  database: Database,
  { objectKey, stream }: Pick<Extendable, 'objectKey' | 'stream'>,
  retainUntil: Date,
): Promise<void> {
  const until = sql`greatest(${archiveObjects.retainUntil}, ${retainUntil.toISOString()}::timestamptz)`
  await database.transaction(async ({ orm }) => {
    await orm.update(archiveObjects).set({ retainUntil: until }).where(eq(archiveObjects.objectKey, objectKey))
    await orm
      .update(archiveStreams)
      .set({ countedClass: stream.class, countedEnd: stream.endedAt })
      .where(and(eq(archiveStreams.objectKey, objectKey), eq(archiveStreams.streamId, stream.streamId)))
  })
}
