import { Gatherer } from '@streamkeeper/pipeline'
import type { Cluster } from 'kafkajs'
import { findCoordinator, type CommittedTopic, type Membership } from './join-gate.js'

export interface PartitionCommit {
  readonly topic: string
  readonly partition: number
  /** Next offset that the group will read. */
  readonly position: bigint
  readonly note: string | null
}

/** The commits of one membership: one request carries many. One for each partition would cost the broker more than the records do. */
export class GroupCommits {
  readonly #commits: Gatherer<PartitionCommit, undefined>

  constructor(groupId: string, { memberId, generationId }: Membership, cluster: Cluster) {
    this.#commits = new Gatherer(async (commits) => {
      const coordinator = await findCoordinator(cluster, groupId)
      await coordinator.offsetCommit({ groupId, groupGenerationId: generationId, memberId, topics: byTopic(commits) })
      return commits.map(() => undefined)
    })
  }

  /** Resolves when the broker has it; rejects with what the request that carried it failed with. */
  send(commit: PartitionCommit): Promise<void> {
    return this.#commits.add(commit)
  }
}

/** The latest word on each partition. */
function byTopic(commits: readonly PartitionCommit[]): CommittedTopic[] {
  const topics = new Map<string, Map<number, CommittedTopic['partitions'][number]>>()
  for (const { topic, partition, position, note } of commits) {
    const own = topics.get(topic) ?? new Map<number, CommittedTopic['partitions'][number]>()
    topics.set(topic, own.set(partition, { partition, offset: String(position), metadata: note }))
  }
  return Array.from(topics, ([topic, partitions]) => ({ topic, partitions: [...partitions.values()] }))
}
