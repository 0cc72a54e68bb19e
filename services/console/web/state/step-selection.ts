/**
 * The case that J (+1) or K (-1) leads to. `last` is where the open case stood when it left the list:
 * the row that moved up into its place is the next one. Null when the list is empty.
 */
export function stepSelection(
  ids: readonly string[],
  open: { id: string | null; last: number },
  by: 1 | -1,
): string | null {
  const at = open.id === null ? -1 : ids.indexOf(open.id)
  const wanted = at >= 0 ? at + by : by > 0 ? open.last : open.last - 1
  return ids[Math.max(0, Math.min(ids.length - 1, wanted))] ?? null
}
