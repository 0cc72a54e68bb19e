/** How much of a clip is missing, in ms, by what its list says beside the segments (`missing 8000 ms before`). */
export function missingMs(titles: readonly (string | null)[]): number {
  return titles
    .flatMap((title) => [...(title ?? '').matchAll(/\bmissing (\d{1,9}) ms\b/g)])
    .reduce((sum, [, ms]) => sum + Number(ms), 0)
}
