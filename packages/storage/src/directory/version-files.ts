import type { ObjectHead, Retention } from '@streamkeeper/pipeline'

/** What stands in the file of a version. */
export type HeadFile = ObjectHead

export function writeHead(head: HeadFile): Buffer {
  return Buffer.from(`${JSON.stringify(head)}\n`)
}

/** Throws when the file holds something else: nothing is taken for absent because it is spoiled. */
export function parseHead(bytes: Buffer | null): HeadFile | null {
  if (bytes === null) return null
  const head = JSON.parse(bytes.toString()) as Omit<HeadFile, 'storedAt'> & { readonly storedAt: string }
  if (typeof head.versionId !== 'string' || typeof head.sha256 !== 'string')
    throw new TypeError('the file of a version is spoiled')
  return { ...head, storedAt: new Date(head.storedAt) }
}

export function parseRetention(bytes: Buffer | null): Retention | null {
  if (bytes === null) return null
  const { mode, until } = JSON.parse(bytes.toString()) as { readonly mode: Retention['mode']; readonly until: string }
  const date = new Date(until)
  if (Number.isNaN(date.getTime())) throw new TypeError('the retention of a version is spoiled')
  return { mode, until: date }
}
