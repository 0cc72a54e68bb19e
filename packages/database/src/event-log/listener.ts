import pg from 'pg'

const againMs = 500

export interface ListenerLogger {
  warn(fields: object, message: string): void
}

/** A partition was written to; its next record will have this offset. */
export interface Growth {
  readonly topic: string
  readonly partition: number
  readonly end: bigint
}

/** Wakes readers when something is published. A connection that breaks is made again; until then readers look by the clock. */
export class Listener {
  readonly #url: string
  readonly #logger: ListenerLogger | undefined
  readonly #wakes = new Set<(growth: Growth) => void>()
  #client: pg.Client | null = null
  #timer: NodeJS.Timeout | null = null
  #isClosed = false

  constructor(url: string, logger: ListenerLogger | undefined) {
    this.#url = url
    this.#logger = logger
  }

  /** Tells of each partition that was written to, until the returned function is called. */
  onPublish(wake: (growth: Growth) => void): () => void {
    this.#wakes.add(wake)
    if (this.#client === null && this.#timer === null) this.#connect()
    return () => void this.#wakes.delete(wake)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.#client?.end()
  }

  #connect(): void {
    const client = new pg.Client({ connectionString: this.#url, keepAlive: true, connectionTimeoutMillis: 5_000 })
    this.#client = client
    client.on('notification', ({ payload = '' }) => {
      const growth = parseGrowth(payload)
      if (growth !== null) for (const wake of this.#wakes) wake(growth)
    })
    client.once('end', () => this.#again(client))
    client.on('error', (err) => {
      if (!this.#isClosed) this.#logger?.warn({ err }, 'the connection that listens broke')
      this.#again(client)
    })
    client
      .connect()
      .then(() => client.query('listen streamkeeper_event_log'))
      .catch((err: unknown) => {
        if (!this.#isClosed) this.#logger?.warn({ err }, 'cannot listen to the database')
        this.#again(client)
      })
  }

  #again(broken: pg.Client): void {
    if (this.#isClosed || this.#client !== broken) return
    this.#client = null
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#connect()
    }, againMs)
  }
}

/** `topic partition end`; null for what another version may say: readers also look by the clock. */
function parseGrowth(payload: string): Growth | null {
  const [, topic = '', partition = '', end = ''] = /^(\S+) (\d+) (\d+)$/.exec(payload) ?? []
  return topic === '' ? null : { topic, partition: Number(partition), end: BigInt(end) }
}
