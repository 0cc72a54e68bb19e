/** Which message is at hand, which are selected, and where a range begins. By id: the list moves under the person. */
export interface HeldSelection {
  readonly current: string | null
  readonly anchor: string | null
  readonly selected: ReadonlySet<string>
}

export const nothingSelected: HeldSelection = { current: null, anchor: null, selected: new Set() }

/**
 * The selection as it stands in the list `ids` that follows the list `before`: what left is selected no more. When the message at
 * hand has left, the next one that stayed is at hand, and behind the last one the one before it.
 */
export function settle(ids: readonly string[], held: HeldSelection, before: readonly string[]): HeldSelection {
  const known = new Set(ids)
  const { anchor, selected } = held
  return {
    current: heir(known, held.current, before) ?? ids[0] ?? null,
    anchor: anchor !== null && known.has(anchor) ? anchor : null,
    selected: new Set([...selected].filter((id) => known.has(id))),
  }
}

function heir(known: ReadonlySet<string>, current: string | null, before: readonly string[]): string | undefined {
  if (current === null || known.has(current)) return current ?? undefined
  const at = before.indexOf(current)
  const stayed = (id: string): boolean => known.has(id)
  return before.slice(at + 1).find(stayed) ?? before.slice(0, Math.max(0, at)).findLast(stayed)
}

/** Goes to the next (1) or previous (-1) message; with `extend` both ends of the step are selected. */
export function step(
  ids: readonly string[],
  held: HeldSelection,
  { by, extend }: { by: 1 | -1; extend: boolean },
): HeldSelection {
  if (held.current === null) return held
  const at = ids.indexOf(held.current)
  const next = ids[Math.max(0, Math.min(ids.length - 1, at + by))] ?? held.current
  if (!extend) return { ...held, current: next }
  return {
    current: next,
    anchor: held.anchor ?? held.current,
    selected: new Set([...held.selected, held.current, next]),
  }
}

/** Selects a message or takes it out; with `range` selects everything between it and where that was last done. */
export function mark(
  ids: readonly string[],
  held: HeldSelection,
  { id, range }: { id: string; range: boolean },
): HeldSelection {
  const [from, to] = [held.anchor === null ? -1 : ids.indexOf(held.anchor), ids.indexOf(id)]
  if (to < 0) return held
  if (range && from >= 0) {
    const between = ids.slice(Math.min(from, to), Math.max(from, to) + 1)
    return { ...held, current: id, selected: new Set([...held.selected, ...between]) }
  }
  const selected = new Set(held.selected)
  if (!selected.delete(id)) selected.add(id)
  return { current: id, anchor: id, selected }
}

/** Selects all; when all are selected, none. */
export function markAll(ids: readonly string[], held: HeldSelection): HeldSelection {
  const isWhole = ids.length > 0 && held.selected.size === ids.length
  return { ...held, anchor: null, selected: new Set(isWhole ? [] : ids) }
}

/** What a verdict is for: the selected ones in the order of the list; when none is, the one at hand. */
export function meant(ids: readonly string[], { current, selected }: HeldSelection): readonly string[] {
  if (selected.size > 0) return ids.filter((id) => selected.has(id))
  return current === null ? [] : [current]
}
