import { randomUUID } from 'node:crypto'
import { isRetriable, type LogRecord, type SubscribeOptions, type Subscription } from '@streamkeeper/pipeline'
import type pg from 'pg'
import { attempt } from '../attempt.js'
import { Ends } from './ends.js'
import { fetchRecords } from './fetch-records.js'
import { GroupCommits } from './group-commits.js'
import type { Listener, ListenerLogger } from './listener.js'
import { balance, leave, nameOf, release, type Balance, type MemberIdentity } from './membership.js'
import { Stay } from './stay.js'

export interface SubscriptionParts {
  readonly pool: pg.Pool
  readonly listener: Listener
  readonly logger: ListenerLogger | undefined
}

/** A member that was not seen for so long has given up its partitions: its successor waits for it. */
const sessionMs = 10_000
const balanceEveryMs = 1_000
/** How long a reader that nobody wakes sleeps. */
const lookEveryMs = 250
/** How often it looks by itself for what nobody told. */
const askEveryMs = 500
/** Below the session: while it drains, the member still says that it lives. */
const maxDrainMs = 8_000
const batchRecords = 500
const againMs = 500

/** A member of a group: one loop that keeps its membership, one that fetches. */
export class PostgresSubscription implements Subscription {
  readonly ended: Promise<void>
  readonly #parts: SubscriptionParts
  readonly #options: SubscribeOptions
  readonly #member: MemberIdentity
  readonly #commits: GroupCommits
  readonly #stays = new Map<string, Stay>()
  readonly #ends = new Ends()
  readonly #stopListening: () => void
  #resolve = (): void => undefined
  #reject = (_error: unknown): void => undefined
  #wakeUps = new Set<() => void>()
  #isOver = false
  #seenAt = Date.now()
  #lastTick = Date.now()
  #loops: Promise<unknown> = Promise.resolve()
  #left: Promise<void> | null = null

  constructor(options: SubscribeOptions, parts: SubscriptionParts) {
    this.#options = options
    this.#parts = parts
    this.#member = { group: options.group, memberId: randomUUID(), topics: options.topics }
    this.#commits = new GroupCommits(parts.pool, this.#member)
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    // Whoever stops it gets to know; not everybody listens here.
    this.ended.catch((err: unknown) => parts.logger?.warn({ err }, 'a subscription failed'))
    this.#stopListening = parts.listener.onPublish(({ topic, partition, end }) => {
      if (!options.topics.includes(topic)) return
      this.#ends.grow({ topic, partition }, end)
      this.#wake()
    })
  }

  /** Joins the group; throws RetriableError when the database is away. */
  async start(): Promise<void> {
    await this.#balance()
    this.#loops = Promise.all([this.#keepMembership(), this.#keepFetching()])
  }

  lastTick(): number {
    return this.#lastTick
  }

  async stop(): Promise<void> {
    await this.#finish()
    this.#resolve()
  }

  async #fail(cause: unknown): Promise<void> {
    if (this.#isOver) return
    this.#reject(cause)
    await this.#finish().catch((err: unknown) => this.#parts.logger?.warn({ err }, 'a member did not leave its group'))
  }

  #finish(): Promise<void> {
    this.#left ??= this.#leave()
    return this.#left
  }

  async #leave(): Promise<void> {
    this.#isOver = true
    this.#stopListening()
    const busy = [...this.#stays.values()].flatMap((stay) => stay.busy ?? [])
    this.#fence([...this.#stays.values()])
    this.#wake()
    await this.#loops
    await Promise.all(busy)
    await attempt(() => leave(this.#parts.pool, this.#member))
  }

  async #keepMembership(): Promise<void> {
    while (!this.#isOver) {
      await this.#sleep(balanceEveryMs, false)
      if (this.#isOver) return
      try {
        await this.#balance()
      } catch (err) {
        if (!isRetriable(err)) return void this.#fail(err)
        this.#parts.logger?.warn({ err }, 'membership is not renewed, trying again')
        // Whoever cannot say that it lives must believe that others took over.
        if (Date.now() - this.#seenAt > sessionMs) this.#fence([...this.#stays.values()])
        await this.#sleep(againMs, false)
      }
    }
  }

  async #balance(): Promise<void> {
    const held = [...this.#stays.values()]
    const found = await attempt(() => this.#look(held))
    this.#seenAt = Date.now()
    this.#fence(found.lost.flatMap((place) => this.#stays.get(nameOf(place)) ?? []))
    if (this.#isOver) return
    const commits = this.#commits
    for (const taken of found.taken) this.#stays.set(nameOf(taken), new Stay({ commits, ...taken }))
    if (found.taken.length > 0) this.#wake()
    await this.#giveUp(found.revoked.flatMap((place) => this.#stays.get(nameOf(place)) ?? []))
  }

  async #look(held: readonly Stay[]): Promise<Balance> {
    const client = await this.#parts.pool.connect()
    try {
      await client.query('begin')
      const found = await balance(client, this.#member, { held, sessionMs })
      await client.query('commit')
      client.release()
      return found
    } catch (error) {
      // The transaction and the lock go with the connection.
      client.release(true)
      throw error
    }
  }

  /** Lets the work drain while commits still count, then fences and hands on. */
  async #giveUp(stays: readonly Stay[]): Promise<void> {
    if (stays.length === 0) return
    const { onRevoke } = this.#options
    const drained = Promise.all(stays.map(async (stay) => onRevoke?.(stay)))
    const late = new Promise<void>((resolve) => setTimeout(resolve, maxDrainMs).unref())
    await Promise.race([drained, late]).catch((error: unknown) => this.#fail(error))
    this.#fence(stays)
    await attempt(() => release(this.#parts.pool, this.#member, stays))
  }

  #fence(stays: readonly Stay[]): void {
    for (const stay of stays) {
      stay.end()
      this.#stays.delete(nameOf(stay))
    }
  }

  async #keepFetching(): Promise<void> {
    while (!this.#isOver) {
      this.#lastTick = Date.now()
      try {
        if (await this.#fetchOnce()) continue
        await this.#sleep(lookEveryMs, true)
      } catch (err) {
        if (!isRetriable(err)) return void this.#fail(err)
        this.#parts.logger?.warn({ err }, 'records are not read, trying again')
        await this.#sleep(againMs, false)
      }
    }
  }

  /** Gives every idle partition that has something new its next batch; false when there was nothing to do. */
  async #fetchOnce(): Promise<boolean> {
    const { pool } = this.#parts
    const idle = [...this.#stays.values()].filter((stay) => stay.busy === null)
    if (idle.length === 0) return false
    await attempt(() => this.#ends.ask(pool, this.#options.topics, askEveryMs))
    const behind = idle.filter((stay) => stay.isCurrent() && stay.position < this.#ends.of(nameOf(stay)))
    if (behind.length === 0) return false
    const batches = await attempt(() => fetchRecords(pool, behind, batchRecords))
    for (const [index, stay] of behind.entries()) this.#handOn(stay, batches[index] ?? null)
    return true
  }

  #handOn(stay: Stay, records: readonly LogRecord[] | null): void {
    if (records === null || !stay.isCurrent()) return
    const last = records.at(-1)
    if (last === undefined) {
      // What stood here was dropped by retention.
      stay.position = this.#ends.of(nameOf(stay))
      return
    }
    stay.position = last.offset + 1n
    stay.busy = this.#hand(stay, records)
  }

  async #hand(stay: Stay, records: readonly LogRecord[]): Promise<void> {
    const heartbeat = (): Promise<void> => Promise.resolve().then(() => stay.checkCurrent())
    try {
      await this.#options.onBatch({ assignment: stay, records, heartbeat })
      await this.#gather(records.length)
    } catch (error) {
      void this.#fail(error)
    } finally {
      stay.busy = null
      this.#wake()
    }
  }

  /** Lets records come together, for readers that asked for it; not while there is more than a batch to read. */
  async #gather(records: number): Promise<void> {
    const { gatherMs = 0 } = this.#options
    if (gatherMs > 0 && records < batchRecords) await this.#sleep(gatherMs, false)
  }

  #wake(): void {
    for (const wake of this.#wakeUps) wake()
  }

  #sleep(ms: number, isWakeable: boolean): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        this.#wakeUps.delete(wake)
        resolve()
      }
      const wake = (): void => {
        if (isWakeable || this.#isOver) end()
      }
      const timer = setTimeout(end, ms)
      this.#wakeUps.add(wake)
      if (this.#isOver) end()
    })
  }
}
