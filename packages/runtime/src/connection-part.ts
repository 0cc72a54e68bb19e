import type { Part } from './parts.js'

/** A connection as a part: `open` makes it usable (migrations, buckets), `close` ends it. */
export function createConnectionPart(
  name: string,
  { open, close }: { readonly open: () => Promise<unknown>; readonly close: () => Promise<void> },
): Part {
  return {
    name,
    start: async () => {
      try {
        await open()
      } catch (error) {
        // A part whose start rejects cleans up by itself.
        await close()
        throw error
      }
    },
    stop: close,
  }
}
