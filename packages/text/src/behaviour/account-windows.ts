/** One message of an account. `key` is the same for texts that say the same; `at`: milliseconds since the epoch. */
export interface AccountMessage {
  readonly id: string
  readonly key: string
  readonly at: number
}

/** How many messages, the given one included, an account sent up to it: in all within the one time, and of the same text within the other. */
export interface Activity {
  readonly sent: number
  readonly same: number
}

export interface WindowLengths {
  readonly sentWithinMs: number
  readonly sameWithinMs: number
}

/** No rule asks for more messages of one account. */
const mostMessages = 100

/**
 * The last messages of each account. Keeps the accounts that wrote last and forgets the others: what it holds is bounded,
 * whoever writes.
 */
export class AccountWindows {
  readonly #byAccount = new Map<string, AccountMessage[]>()

  constructor(
    private readonly lengths: WindowLengths,
    private readonly mostAccounts = 20_000,
  ) {}

  /** Takes a message in; one that comes again gets the answer that it got. */
  add(account: string, message: AccountMessage): Activity {
    const known = this.#byAccount.get(account) ?? []
    const place = known.findIndex(({ id }) => id === message.id)
    if (place < 0) this.#keep(account, [...known, message])
    const upTo = [...(place < 0 ? known : known.slice(0, place)), message]
    const within = (ms: number) => (one: AccountMessage) => message.at - one.at <= ms
    return {
      sent: upTo.filter(within(this.lengths.sentWithinMs)).length,
      same: upTo.filter(within(this.lengths.sameWithinMs)).filter(({ key }) => key === message.key).length,
    }
  }

  #keep(account: string, messages: readonly AccountMessage[]): void {
    // Twice as long as they count: one that comes again finds those that it was counted with.
    const longest = 2 * Math.max(this.lengths.sentWithinMs, this.lengths.sameWithinMs)
    const newest = messages.at(-1)?.at ?? 0
    this.#byAccount.delete(account)
    this.#byAccount.set(account, messages.filter(({ at }) => newest - at <= longest).slice(-mostMessages))
    const [oldest] = this.#byAccount.keys()
    if (this.#byAccount.size > this.mostAccounts && oldest !== undefined) this.#byAccount.delete(oldest)
  }
}
