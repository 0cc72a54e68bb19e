import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { encodeKey, type LogRecord } from '@streamkeeper/pipeline'

export interface PackedLines {
  /** One gzip member: members joined are gzip again. */
  readonly bytes: Buffer
  /** Of the lines before compression. */
  readonly sha256: string
  readonly size: number
}

/** Records as JSON lines. */
export function packLines(records: readonly LogRecord[]): PackedLines {
  const lines = Buffer.from(records.map((record) => `${JSON.stringify(lineOf(record))}\n`).join(''))
  // Node writes no time into the header: the same lines give the same bytes.
  return { bytes: gzipSync(lines, { level: 6 }), sha256: digest(lines), size: lines.length }
}

function lineOf({ offset, key, brokerAt, headers, value }: LogRecord): Record<string, unknown> {
  const common = { offset: String(offset), key, brokerAt: new Date(brokerAt).toISOString(), headers }
  if (value === null) return { ...common, value: null }
  const json = parseExactly(value)
  return json === undefined ? { ...common, base64: value.toString('base64') } : { ...common, value: json.parsed }
}

/** Only what can be written again byte for byte: numbers beyond a double, double keys and blanks are kept as bytes. */
function parseExactly(value: Buffer): { readonly parsed: unknown } | undefined {
  try {
    const parsed: unknown = JSON.parse(value.toString('utf8'))
    return Buffer.from(JSON.stringify(parsed)).equals(value) ? { parsed } : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

export function batchSpoolKey(topic: string, partition: number, firstOffset: bigint): string {
  return `logs/${encodeKey(topic)}/${partition}/${pad(firstOffset, 20)}`
}

export function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

export function pad(value: bigint | number, digits: number): string {
  return String(value).padStart(digits, '0')
}
