/** Ids of records that passed the look for duplicates and are not noted yet: the next of their stream is looked at meanwhile. */
export interface PendingMarks {
  /** The value of an id that is on its way, or null. */
  get(id: string): string | null
  add(marks: readonly PendingMark[]): void
  /** What another record noted under the same id since then stays. */
  remove(marks: readonly PendingMark[]): void
}

export interface PendingMark {
  readonly id: string
  readonly value: string
}

export function createPendingMarks(): PendingMarks {
  const pending = new Map<string, string>()
  return {
    get: (id) => pending.get(id) ?? null,
    add: (marks) => {
      for (const { id, value } of marks) pending.set(id, value)
    },
    remove: (marks) => {
      for (const { id, value } of marks) if (pending.get(id) === value) pending.delete(id)
    },
  }
}
