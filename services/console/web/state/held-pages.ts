/** Where each page behind the first one begins, up to the one that is shown: what the API gave as `next` of the page before it. */
export type HeldPages = readonly string[]

export const firstPage: HeldPages = []

/** What the page that is shown is asked for by; undefined for the first. */
export function startOf(pages: HeldPages): string | undefined {
  return pages.at(-1)
}

/** Pages are counted from 1. */
export function numberOf(pages: HeldPages): number {
  return pages.length + 1
}

/** Goes to the next (1) or previous (-1) page; `next` is null where there is none. The same pages where there is nowhere to go. */
export function turn(pages: HeldPages, by: 1 | -1, next: string | null): HeldPages {
  if (by === 1) return next === null ? pages : [...pages, next]
  return pages.length === 0 ? pages : pages.slice(0, -1)
}
