import type { Cluster } from 'kafkajs'
import { findCoordinator, type CommittedTopic, type Membership } from './join-gate.js'

export interface PartitionCommit {
  readonly topic: string
  readonly partition: number
  /** Next offset that the group will read. */
  readonly position: bigint
  readonly note: string | null
}

interface Waiting {
  readonly commit: PartitionCommit
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * The commits of one membership, one request at a time: what is asked for together, or while a request is on its way, travels
 * together. A request for each partition would cost the broker more than the records do.
 */
export class GroupCommits {
  readonly #group: string
  readonly #membership: Membership
  readonly #cluster: Cluster
  #waiting: Waiting[] = []
  #isRunning = false

  constructor(group: string, membership: Membership, cluster: Cluster) {
    this.#group = group
    this.#membership = membership
    this.#cluster = cluster
  }

  /** Resolves when the broker has it; rejects with what the request that carried it failed with. */
  send(commit: PartitionCommit): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ commit, resolve, reject })
      if (!this.#isRunning) void this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    // One turn of the loop, so that calls made together travel together.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) {
      const calls = this.#waiting
      this.#waiting = []
      try {
        await this.#request(calls.map(({ commit }) => commit))
        for (const { resolve } of calls) resolve()
      } catch (error) {
        for (const { reject } of calls) reject(error)
      }
    }
    this.#isRunning = false
  }

  async #request(commits: readonly PartitionCommit[]): Promise<void> {
    const coordinator = await findCoordinator(this.#cluster, this.#group)
    await coordinator.offsetCommit({
      groupId: this.#group,
      groupGenerationId: this.#membership.generationId,
      memberId: this.#membership.memberId,
      topics: byTopic(commits),
    })
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
