/**
 * Walks the protobuf of an ONNX model without a protobuf library, only to see whether any tensor keeps its values in
 * another file (`external_data`, `data_location`): such a model would read files that no digest covers.
 */

type Message = 'model' | 'graph' | 'node' | 'attribute' | 'tensor' | 'sparse' | 'function' | 'training'

/** Field numbers of onnx.proto3 that lead to a tensor. */
const CHILDREN: Record<Message, Record<number, Message>> = {
  model: { 7: 'graph', 20: 'training', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  tensor: {},
  sparse: { 1: 'tensor', 2: 'tensor' },
  function: { 7: 'node', 11: 'attribute' },
  training: { 1: 'graph', 2: 'graph' },
}
const EXTERNAL_DATA = 13
const DATA_LOCATION = 14
const DEEPEST = 32

interface Cursor {
  bytes: Uint8Array
  at: number
  end: number
}

/** Gives `none`, `external`, or `malformed` for bytes that are no protobuf. */
export function findExternalData(bytes: Uint8Array): 'none' | 'external' | 'malformed' {
  try {
    return holdsExternal({ bytes, at: 0, end: bytes.length }, 'model', 0) ? 'external' : 'none'
  } catch (error) {
    if (error instanceof RangeError) return 'malformed'
    throw error
  }
}

function holdsExternal(cursor: Cursor, message: Message, depth: number): boolean {
  if (depth > DEEPEST) throw new RangeError('nested too deep')
  while (cursor.at < cursor.end) {
    const tag = readVarint(cursor)
    const field = Math.floor(tag / 8)
    if (message === 'tensor' && (field === EXTERNAL_DATA || field === DATA_LOCATION)) return true
    const body = readBody(cursor, tag % 8)
    const child = CHILDREN[message][field]
    if (child === undefined) continue
    // A field that must be a message but is a number is skipped by some readers and not by others: refuse.
    if (body === undefined) throw new RangeError(`field ${field} is not a message`)
    if (holdsExternal(body, child, depth + 1)) return true
  }
  return false
}

/** Moves past a field's value; gives its range when it is length-delimited. */
function readBody(cursor: Cursor, wireType: number): Cursor | undefined {
  if (wireType === 0) {
    readVarint(cursor)
    return undefined
  }
  if (wireType === 1 || wireType === 5) {
    skip(cursor, wireType === 1 ? 8 : 4)
    return undefined
  }
  if (wireType !== 2) throw new RangeError(`wire type ${wireType}`)
  const length = readVarint(cursor)
  const at = cursor.at
  skip(cursor, length)
  return { bytes: cursor.bytes, at, end: cursor.at }
}

function skip(cursor: Cursor, length: number): void {
  if (length > cursor.end - cursor.at) throw new RangeError('a field ends after its message')
  cursor.at += length
}

/** Reads a varint of up to 10 bytes; values above 2^53 lose their low bits, which no tag or length may reach. */
function readVarint(cursor: Cursor): number {
  let value = 0
  for (let index = 0; index < 10; index++) {
    const byte = cursor.at < cursor.end ? cursor.bytes[cursor.at] : undefined
    if (byte === undefined) throw new RangeError('cut off')
    cursor.at++
    value += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) return value
  }
  throw new RangeError('varint too long')
}
