import { MOST_TIMES } from './picture-clock.js'

/** Ids of elements (RFC 9559) that hold others, and of those that say when pictures are. */
const HOLDERS = new Set([0x18538067, 0x1549a966, 0x1654ae6b, 0xae, 0x1f43b675, 0xa0])
const ID = { scale: 0x2ad7b1, entry: 0xae, number: 0xd7, kind: 0x83, clusterTime: 0xe7, simpleBlock: 0xa3, block: 0xa1 }
const PICTURES = 1
const NANOSECONDS = 1_000_000

interface Element {
  readonly id: number
  readonly body: Buffer
}

interface Entry {
  number: number
  isPicture: boolean
}

/**
 * When the pictures of a Matroska file's first picture track are shown, in milliseconds, in order of decoding, up to the first element
 * that cannot be read. In time linear in the bytes.
 */
export function readMatroskaTimes(bytes: Buffer): number[] {
  const reader = new TimesReader()
  for (const element of readElements(bytes)) {
    reader.take(element)
    if (reader.ticks.length > MOST_TIMES) break
  }
  return reader.ticks.map((tick) => (tick * reader.scale) / NANOSECONDS)
}

class TimesReader {
  readonly ticks: number[] = []
  scale = NANOSECONDS
  readonly #entries: Entry[] = []
  #cluster = 0

  take({ id, body }: Element): void {
    if (id === ID.scale) this.scale = toNumber(body)
    if (id === ID.clusterTime) this.#cluster = toNumber(body)
    if (id === ID.block || id === ID.simpleBlock) this.ticks.push(...readBlock(body, this.#cluster, this.#entries))
    if (id === ID.entry) this.#entries.push({ number: 0, isPicture: false })
    const entry = this.#entries.at(-1)
    if (id === ID.number && entry !== undefined) entry.number = toNumber(body)
    if (id === ID.kind && entry !== undefined) entry.isPicture = toNumber(body) === PICTURES
  }
}

/** What holds others is told with them behind it. */
function* readElements(bytes: Buffer): Generator<Element> {
  for (let at = 0; at < bytes.length;) {
    const id = readVariable(bytes, at, true)
    const size = id === undefined ? undefined : readVariable(bytes, id.end, false)
    if (id === undefined || size === undefined) return
    const isHolder = HOLDERS.has(id.value)
    const end = isHolder ? size.end : size.end + size.value
    yield { id: id.value, body: isHolder ? Buffer.alloc(0) : bytes.subarray(size.end, end) }
    at = end
  }
}

/** A number of one to eight bytes (RFC 8794, 4); with the mark of its length where it is an id. */
function readVariable(bytes: Buffer, at: number, isId: boolean): { value: number; end: number } | undefined {
  const first = bytes[at] ?? 0
  const length = Math.clz32(first) - 23
  if (first === 0 || at + length > bytes.length) return undefined
  let value = isId ? first : first & (0xff >> length)
  for (let next = 1; next < length; next += 1) value = value * 256 + (bytes[at + next] ?? 0)
  return { value, end: at + length }
}

function toNumber(body: Buffer): number {
  return body.subarray(0, 8).reduce((value, byte) => value * 256 + byte, 0)
}

const LACED = 0x06

/** One time for each picture in it: those of a lace have none of their own. */
function readBlock(body: Buffer, cluster: number, entries: readonly Entry[]): number[] {
  const track = readVariable(body, 0, false)
  const picture = entries.find(({ isPicture }) => isPicture)
  if (track === undefined || track.value !== picture?.number || track.end + 4 > body.length) return []
  const tick = cluster + body.readInt16BE(track.end)
  const isLaced = (body.readUInt8(track.end + 2) & LACED) !== 0
  return Array.from({ length: isLaced ? body.readUInt8(track.end + 3) + 1 : 1 }, () => tick)
}
