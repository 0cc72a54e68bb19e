/** The `code` of a system error, e.g. ENOENT; empty when there is none. By shape: errors may come from another realm. */
export function codeOf(error: unknown): string {
  const isCoded = typeof error === 'object' && error !== null && 'code' in error
  return isCoded && typeof error.code === 'string' ? error.code : ''
}
