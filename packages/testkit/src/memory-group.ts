import {
  FencedError,
  RetriableError,
  type Assignment,
  type LogRecord,
  type SubscribeOptions,
  type Subscription,
} from '@streamkeeper/pipeline'

export interface LogState {
  readonly partitions: Map<string, LogRecord[][]>
  readonly faults: { failPublishes: number; failCommits: number; frozen: boolean }
  now(): number
  /** Who waits for anything to change. */
  readonly changed: Set<() => void>
}

interface Stay extends Assignment {
  fence(): void
}

interface Member {
  readonly options: SubscribeOptions
  readonly stays: Stay[]
  readonly loops: Set<Promise<void>>
  generation: number
  resolve(): void
  reject(error: unknown): void
}

interface Committed {
  offset: bigint | null
  note: string | null
}

const batchSize = 50

/** The members of one consumer group and what they committed. */
export class MemoryGroup {
  readonly #state: LogState
  readonly #members = new Set<Member>()
  readonly #committed = new Map<string, Committed>()
  #rebalancing: Promise<void> = Promise.resolve()

  constructor(state: LogState) {
    this.#state = state
  }

  committed(topic: string, partition: number): Committed | null {
    return this.#committed.get(`${topic}:${partition}`) ?? null
  }

  async join(options: SubscribeOptions): Promise<Subscription> {
    const { promise: ended, resolve, reject } = defer()
    const member: Member = { options, stays: [], loops: new Set(), generation: 0, resolve, reject }
    this.#members.add(member)
    await this.rebalance()
    const state = this.#state
    let tick = state.now()
    const lastTick = (): number => (tick = state.faults.frozen ? tick : state.now())
    return { ended, lastTick, stop: () => this.#stop(member) }
  }

  rebalance(): Promise<void> {
    this.#rebalancing = this.#rebalancing.then(async () => {
      await Promise.all([...this.#members].map((member) => this.#revoke(member)))
      this.#assign()
    })
    return this.#rebalancing
  }

  async crash(): Promise<void> {
    const members = [...this.#members]
    this.#members.clear()
    for (const member of members) this.#fence(member)
    await this.#rebalancing
  }

  async close(): Promise<void> {
    await Promise.all([...this.#members].map((member) => this.#stop(member)))
  }

  async #stop(member: Member): Promise<void> {
    const wasThere = this.#members.delete(member)
    this.#fence(member)
    await Promise.all(member.loops)
    member.resolve()
    if (wasThere) await this.rebalance()
  }

  async #revoke(member: Member): Promise<void> {
    try {
      await Promise.all(member.stays.map(async (stay) => member.options.onRevoke?.(stay)))
    } catch (error) {
      this.#fail(member, error)
    }
    this.#fence(member)
  }

  #fail(member: Member, error: unknown): void {
    member.reject(error)
    this.#fence(member)
    if (this.#members.delete(member)) void this.rebalance()
  }

  #fence(member: Member): void {
    for (const stay of member.stays.splice(0)) stay.fence()
    for (const wake of this.#state.changed) wake()
    this.#state.changed.clear()
  }

  #assign(): void {
    const members = [...this.#members]
    for (const [topic, partitions] of this.#state.partitions) {
      const takers = members.filter(({ options }) => options.topics.includes(topic))
      for (const partition of partitions.keys()) {
        const taker = takers[partition % takers.length]
        if (taker !== undefined) this.#give(taker, topic, partition)
      }
    }
  }

  #give(member: Member, topic: string, partition: number): void {
    member.generation += 1
    const stay = this.#makeStay(topic, partition, member.generation)
    member.stays.push(stay)
    const loop = this.#serve(member, stay).catch((error: unknown) => this.#fail(member, error))
    member.loops.add(loop)
    void loop.finally(() => member.loops.delete(loop))
  }

  #makeStay(topic: string, partition: number, generation: number): Stay {
    const { note } = this.committed(topic, partition) ?? { note: null }
    let current = true
    return {
      topic,
      partition,
      generation,
      note,
      isCurrent: () => current,
      fence: () => (current = false),
      commit: async (lastDone, newNote) => {
        await Promise.resolve()
        if (!current) throw new FencedError(`${topic}:${partition}: generation ${generation} has ended`)
        this.#commit(`${topic}:${partition}`, lastDone, newNote)
      },
    }
  }

  #commit(at: string, lastDone: bigint | null, note: string | null | undefined): void {
    if (this.#state.faults.failCommits > 0) {
      this.#state.faults.failCommits -= 1
      throw new RetriableError('the log did not take the commit')
    }
    const before = this.#committed.get(at) ?? { offset: null, note: null }
    const offset = lastDone === null ? before.offset : lastDone + 1n
    this.#committed.set(at, { offset, note: note === undefined ? before.note : note })
  }

  async #serve(member: Member, stay: Stay): Promise<void> {
    let position = this.committed(stay.topic, stay.partition)?.offset ?? 0n
    const heartbeat = async (): Promise<void> => {
      await Promise.resolve()
      if (!stay.isCurrent()) throw new FencedError(`${stay.topic}:${stay.partition}: the assignment has ended`)
    }
    while (stay.isCurrent()) {
      const log = this.#state.partitions.get(stay.topic)?.[stay.partition] ?? []
      const records = log.slice(Number(position), Number(position) + batchSize)
      if (records.length === 0 || this.#state.faults.frozen) {
        await new Promise<void>((resolve) => this.#state.changed.add(resolve))
        continue
      }
      await member.options.onBatch({ assignment: stay, records, heartbeat })
      position += BigInt(records.length)
    }
  }
}

/** A promise with its handles; a rejection that nobody waits for is no accident. */
function defer(): { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void } {
  let handles: { resolve: () => void; reject: (error: unknown) => void } | null = null
  const promise = new Promise<void>((resolve, reject) => (handles = { resolve, reject }))
  if (handles === null) throw new Error('the executor did not run')
  // Not everybody who could listen does.
  promise.catch(() => undefined)
  return { promise, ...(handles as { resolve: () => void; reject: (error: unknown) => void }) }
}
