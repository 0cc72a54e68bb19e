/**
 * What parent and child say to each other over one socket: two lengths (32 bits, little-endian), so many bytes of JSON, and so
 * many bytes as they are: a model, or the values of a tensor. Node's own channel copied a tensor five times.
 */
import type { RefusalReason } from './model-refused-error.js'

/** What a session must have: names, and shapes for one picture. `null` is a side that the model leaves open. */
export interface Interface {
  input: { name: string; shape: Shape }
  output: { name: string; shape: Shape }
  /** `ctc`: of each step only its likeliest class and how likely it is, [class, probability]; NaN for a step that is no distribution. */
  answer: 'all' | 'ctc'
}
export type Shape = readonly (number | null)[]

/** What goes into a session, and what comes out. */
export interface Values {
  values: Float32Array
  shape: readonly number[]
}

/** Behind `load` stand the bytes of the model, behind `run` the values. */
export type ToWorker = ({ type: 'load' } & Interface) | { type: 'run'; shape: readonly number[] }

/** Behind `answer` stand the values. */
export type FromWorker =
  | { type: 'ready' }
  | { type: 'refused'; reason: RefusalReason; detail: string }
  | { type: 'answer'; shape: readonly number[]; rssBytes: number }
  | { type: 'broken'; detail: string; rssBytes: number }

/** The file descriptor of the socket, in the child. */
export const SOCKET = 3

const SIZES_BYTES = 8
/** The longest words are the detail of an error. */
const MOST_HEAD_BYTES = 1024 * 1024
/** The largest model. */
const MOST_BODY_BYTES = 256 * 1024 * 1024

type Bytes = Uint8Array<ArrayBuffer>

/** What stands in front of `body`, which goes behind it as it is. */
export function encodeHead(message: ToWorker | FromWorker, body: Uint8Array): Buffer {
  const words = Buffer.from(JSON.stringify(message))
  const sizes = Buffer.alloc(SIZES_BYTES)
  sizes.writeUInt32LE(words.length, 0)
  sizes.writeUInt32LE(body.length, 4)
  return Buffer.concat([sizes, words])
}

/** The memory of values, as bytes. */
export function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

interface Incoming<Message> {
  message: Message
  body: Bytes
}

/** Cuts what comes over the socket into messages. The reader of the socket fills `space` and tells how far. */
export class MessageReader<Message extends ToWorker | FromWorker> {
  #part: 'sizes' | 'head' | 'body' = 'sizes'
  #bytes: Bytes = new Uint8Array(SIZES_BYTES)
  #filled = 0
  #bodyBytes = 0
  #message: Message | undefined

  /** `bodyFor`: memory for a body of this size, at a multiple of four bytes; only one body is there at a time. */
  constructor(private readonly bodyFor: (size: number) => Bytes) {}

  /** Where the next bytes go. Never empty. */
  get space(): Bytes {
    return this.#bytes.subarray(this.#filled)
  }

  /** So many bytes have come into `space`; gives the message that they end, if any. Throws when they are no message of ours. */
  take(count: number): Incoming<Message> | undefined {
    this.#filled += count
    while (this.#filled === this.#bytes.length) {
      const done = this.#turn()
      if (done !== undefined) return done
    }
    return undefined
  }

  #turn(): Incoming<Message> | undefined {
    const bytes = this.#bytes
    if (this.#part === 'sizes') this.#expect('head', new Uint8Array(this.#readSizes()))
    else if (this.#part === 'head') {
      // Both sides are of one build, and the types are the contract.
      this.#message = JSON.parse(Buffer.from(bytes.buffer).toString()) as Message
      this.#expect('body', this.#bodyBytes === 0 ? new Uint8Array(0) : this.bodyFor(this.#bodyBytes))
    } else {
      this.#expect('sizes', new Uint8Array(SIZES_BYTES))
      if (this.#message !== undefined) return { message: this.#message, body: bytes }
    }
    return undefined
  }

  #readSizes(): number {
    const sizes = new DataView(this.#bytes.buffer)
    const headBytes = sizes.getUint32(0, true)
    this.#bodyBytes = sizes.getUint32(4, true)
    if (headBytes > MOST_HEAD_BYTES || this.#bodyBytes > MOST_BODY_BYTES)
      throw new RangeError(`a message of ${headBytes} and ${this.#bodyBytes} bytes`)
    return headBytes
  }

  #expect(part: 'sizes' | 'head' | 'body', bytes: Bytes): void {
    this.#part = part
    this.#bytes = bytes
    this.#filled = 0
  }
}
