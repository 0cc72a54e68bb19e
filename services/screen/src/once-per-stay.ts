import type { LogRecord } from '@streamkeeper/pipeline'

/** Far more than is in flight at once: a larger jump means that somebody else had the partition meanwhile. */
const largestJump = 2_000n

interface Recalled {
  last: bigint
  readonly done: Promise<void>
}

/**
 * Reads back what lies before the first record that we see of a partition, once, and again when somebody else had the partition
 * meanwhile. Records that come while it runs wait for it; what it fails with they get, and the next record tries again.
 */
export function oncePerStay(recall: (record: LogRecord) => Promise<void>): (record: LogRecord) => Promise<void> {
  const partitions = new Map<number, Recalled>()
  return (record) => {
    const { partition, offset } = record
    const known = partitions.get(partition)
    if (known !== undefined && offset <= known.last + largestJump) {
      if (offset > known.last) known.last = offset
      return known.done
    }
    const done = recall(record)
    partitions.set(partition, { last: offset, done })
    done.catch(() => partitions.delete(partition))
    return done
  }
}
