import type { Cluster } from 'kafkajs'
import { findCoordinator } from './join-gate.js'

export interface Committed {
  /** Next offset to read; null when the group never committed. */
  readonly offset: bigint | null
  readonly note: string | null
}

/** What a group has committed for its partitions, by `partitionId`. */
export async function readCommitted(
  cluster: Cluster,
  groupId: string,
  partitions: Readonly<Record<string, readonly number[]>>,
): Promise<Map<string, Committed>> {
  const topics = Object.entries(partitions).map(([topic, numbers]) => {
    return { topic, partitions: numbers.map((partition) => ({ partition })) }
  })
  const coordinator = await findCoordinator(cluster, groupId)
  const { responses } = await coordinator.offsetFetch({ groupId, topics })
  const found = new Map<string, Committed>()
  for (const { topic, partitions } of responses)
    for (const { partition, offset, metadata } of partitions)
      found.set(partitionId(topic, partition), {
        offset: BigInt(offset) < 0n ? null : BigInt(offset),
        note: metadata === undefined || metadata === '' ? null : metadata,
      })
  return found
}

export function partitionId(topic: string, partition: number): string {
  return `${topic}:${partition}`
}
