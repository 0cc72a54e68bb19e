import { SECOND_TRACK_CODEC } from './decoder-arguments.js'

/** Of what a decoder says, so much is kept; the rest is read and thrown away. */
const KEPT = 400

/** Where it has its parts in memory is of use only to an attacker. */
const ADDRESS = /^(\[[^\]]{1,80} @ 0x[0-9a-f]+\] ?)+/
const REPEATED = /^\s*Last message repeated \d+ times$/
const SECOND_TRACK = new RegExp(`Unknown encoder '${SECOND_TRACK_CODEC}'`)

/** What a decoder says on stderr: its last lines, each whole or cut at its end, without addresses. */
export class Sayings {
  readonly #isOfUse: (line: string) => boolean
  #open = ''
  #lines: string[] = []

  constructor(isOfUse: (line: string) => boolean = () => true) {
    this.#isOfUse = isOfUse
  }

  get text(): string {
    return [...this.#lines, ...this.#read(this.#open)].join('\n')
  }

  /** Takes the next bytes, cut anywhere. */
  push(chunk: Buffer | string): void {
    const [first = '', ...more] = chunk.toString('latin1').split('\n')
    this.#open = (this.#open + first).slice(0, KEPT)
    for (const next of more) {
      this.#lines.push(...this.#read(this.#open))
      this.#open = next.slice(0, KEPT)
    }
    while (this.#lines.join('\n').length > KEPT && this.#lines.length > 1) this.#lines.shift()
  }

  #read(line: string): string[] {
    const plain = line.replace(ADDRESS, '').replace(SECOND_TRACK, 'several picture tracks').trimEnd()
    return plain === '' || REPEATED.test(line) || !this.#isOfUse(plain) ? [] : [plain]
  }
}
