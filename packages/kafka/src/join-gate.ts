import kafkajs, { type Assigner, type Broker, type Cluster, type PartitionAssigner } from 'kafkajs'

/** What a member is known by to the group's coordinator. */
export interface Membership {
  readonly memberId: string
  readonly generationId: number
}

/** A group's coordinator; kafkajs' types leave out joining, and notes beside offsets. */
export interface Coordinator extends Omit<Broker, 'offsetCommit' | 'offsetFetch'> {
  joinGroup(request: { readonly memberId: string }): Promise<Membership>
  offsetCommit(request: MemberRequest & { topics: readonly CommittedTopic[] }): Promise<unknown>
  offsetFetch(request: {
    groupId: string
    topics: readonly { topic: string; partitions: readonly { partition: number }[] }[]
  }): Promise<{ responses: readonly CommittedTopic[] }>
}

interface MemberRequest {
  readonly groupId: string
  readonly groupGenerationId: number
  readonly memberId: string
}

export interface CommittedTopic {
  readonly topic: string
  readonly partitions: readonly {
    readonly partition: number
    readonly offset: string
    readonly metadata?: string | null
  }[]
}

export interface JoinHooks {
  /** Runs to its end before the member asks to join again; `isKnown` is false when the group has already put it out. */
  beforeJoin(isKnown: boolean): Promise<void>
  joined(membership: Membership, cluster: Cluster): void
}

/**
 * An assigner (round robin, as kafkajs' own) that stands in the way of each join. kafkajs tells of a rebalance while it
 * rejoins already, and keeps the generation to itself; but it hands the assigner the cluster that it joins through.
 */
export function createJoinGate(hooks: JoinHooks): PartitionAssigner {
  return (config): Assigner => {
    const { cluster } = config
    const gated = new WeakSet<object>()
    const find = cluster.findGroupCoordinator.bind(cluster)
    cluster.findGroupCoordinator = async (group) => {
      const broker = await find(group)
      const coordinator = asCoordinator(broker)
      if (!gated.has(coordinator)) {
        gated.add(coordinator)
        const join = coordinator.joinGroup.bind(coordinator)
        coordinator.joinGroup = async (request) => {
          await hooks.beforeJoin(request.memberId !== '')
          const membership = await join(request)
          hooks.joined({ memberId: membership.memberId, generationId: membership.generationId }, cluster)
          return membership
        }
      }
      return broker
    }
    return kafkajs.PartitionAssigners.roundRobin(config)
  }
}

/** The coordinator of a group, with the calls that kafkajs' types leave out. */
export async function findCoordinator(cluster: Cluster, groupId: string): Promise<Coordinator> {
  return asCoordinator(await cluster.findGroupCoordinator({ groupId }))
}

function asCoordinator(broker: Broker): Coordinator {
  return broker as unknown as Coordinator
}
