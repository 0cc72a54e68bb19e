import { isError } from './error-facts.js'

const secretName =
  /pass(word|phrase|wd)$|secret|token$|^(proxy-)?authori[sz]ation$|cookie|credential|private_?key|api_?key|master_?key/i
const redacted = '[redacted]'
const maxDepth = 6

/** Takes credentials out of text: in URLs, in authorization values, in signed query strings. */
export function scrubText(text: string): string {
  return text
    .replace(/:\/\/[^\s"/?#\\]+@/g, `://${redacted}@`)
    .replace(/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${redacted}`)
    .replace(
      /([?&](?:x-amz-signature|x-amz-credential|x-amz-security-token|token|signature|password)=)[^&\s"\\]+/gi,
      `$1${redacted}`,
    )
}

/** A copy of log fields without the values of secret names; errors become objects with stack and cause. */
export function scrubFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return copyEntries(fields, 0)
}

function copyEntries(fields: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      secretName.test(name) ? redacted : copyValue(value, depth + 1),
    ]),
  )
}

function copyValue(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return value
  if (depth > maxDepth) return '[too deep]'
  if (isError(value)) return copyError(value, depth)
  if (Array.isArray(value)) return value.map((item) => copyValue(item, depth + 1))
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`
  return isPlain(value) ? copyEntries(value, depth) : value
}

function copyError(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack, cause } = error
  return {
    ...copyEntries(error, depth),
    type: name,
    message,
    stack,
    ...(cause === undefined ? {} : { cause: copyValue(cause, depth + 1) }),
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  // Compared by shape, since an object may come from another realm (vm, tests).
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
