export interface Suspect {
  readonly offset: bigint
  /** How often handling this record failed for an unknown reason. */
  readonly attempts: number
  /** Milliseconds since the epoch of the first failure. */
  readonly firstSeenAt: number
}

/** 8 x about 60 bytes of JSON stay well under the 1 KB that a note may have. */
const most = 8
const key = 'suspects'

/**
 * The records of one partition whose handling ended the process, kept in the committed note. When there are more than
 * fit, the lowest offsets stay: they come first after a restart, so each restart gets on by at least one record.
 */
export class Suspects {
  #list: readonly Suspect[]

  /** A note that cannot be read counts as none: at worst a poison record ends the process once more. */
  constructor(note: string | null) {
    this.#list = parse(note)
  }

  find(offset: bigint): Suspect | undefined {
    return this.#list.find((suspect) => suspect.offset === offset)
  }

  add(offset: bigint, now: number): void {
    const known = this.find(offset)
    const suspect = { offset, attempts: (known?.attempts ?? 0) + 1, firstSeenAt: known?.firstSeenAt ?? now }
    this.#list = [...this.#list.filter((other) => other.offset !== offset), suspect]
      .sort((a, b) => (a.offset < b.offset ? -1 : 1))
      .slice(0, most)
  }

  /** Forgets what lies at or below the watermark. */
  forget(lastDone: bigint | null): void {
    if (lastDone !== null) this.#list = this.#list.filter(({ offset }) => offset > lastDone)
  }

  /** The note to commit; null when there is nothing to say. */
  note(): string | null {
    if (this.#list.length === 0) return null
    return JSON.stringify({
      [key]: this.#list.map(({ offset, attempts, firstSeenAt }) => [String(offset), attempts, firstSeenAt]),
    })
  }
}

function parse(note: string | null): readonly Suspect[] {
  if (note === null) return []
  let parsed: unknown
  try {
    parsed = JSON.parse(note)
  } catch (error) {
    if (error instanceof SyntaxError) return []
    throw error
  }
  const list: unknown = typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, key) : undefined
  return Array.isArray(list) ? list.slice(0, most).flatMap(parseOne) : []
}

function parseOne(entry: unknown): Suspect[] {
  if (!Array.isArray(entry)) return []
  const [offset, attempts, firstSeenAt]: unknown[] = entry
  if (typeof offset !== 'string' || !/^\d{1,19}$/.test(offset)) return []
  if (!Number.isSafeInteger(attempts) || !Number.isSafeInteger(firstSeenAt)) return []
  return [{ offset: BigInt(offset), attempts: Number(attempts), firstSeenAt: Number(firstSeenAt) }]
}
