/** A word is looked for in so many messages of an account in a row, the last one included, */
const messages = 4
/** that were sent within so long; longer ago nobody would read them as one. */
const withinMs = 15_000

/** One message of an account. `at`: milliseconds since the epoch, by the sender's clock. */
export interface SentMessage {
  /** Of the message, where it has one: the same one may come again. */
  readonly id?: string
  readonly text: string
  readonly at: number
}

/** No word is longer: of a text that is, only the end is kept. */
const longestTail = 400

/** A copy, since a slice would keep the whole text in memory. */
function tailOf(text: string): string {
  return text.length <= longestTail ? text : Buffer.from(text.slice(-longestTail), 'utf16le').toString('utf16le')
}

/**
 * The last few messages of each account, for words that are split over several. Keeps the accounts that wrote last and
 * forgets the others: what it holds is bounded, whoever writes.
 */
export class RecentMessages {
  private readonly byAccount = new Map<string, readonly SentMessage[]>()

  constructor(private readonly mostAccounts = 20_000) {}

  /** Takes a message in; gives the texts before it that it may go on from, oldest first: the same when it comes again. */
  add(account: string, message: SentMessage): readonly string[] {
    const known = this.byAccount.get(account) ?? []
    const again = message.id === undefined ? -1 : known.findIndex(({ id }) => id === message.id)
    const near = (again < 0 ? known : known.slice(0, again)).filter(({ at }) => Math.abs(message.at - at) <= withinMs)
    const before = near.slice(1 - messages)
    if (again < 0) this.keep(account, [...before, { ...message, text: tailOf(message.text) }])
    return before.map(({ text }) => text)
  }

  private keep(account: string, sent: readonly SentMessage[]): void {
    this.byAccount.delete(account)
    this.byAccount.set(account, sent)
    const [oldest] = this.byAccount.keys()
    if (this.byAccount.size > this.mostAccounts && oldest !== undefined) this.byAccount.delete(oldest)
  }
}
