/** What this browser remembers under a name; null for nothing. Storage can be switched off: then it lasts as long as the page. */
export function recall(name: string): string | null {
  try {
    return localStorage.getItem(`streamkeeper.${name}`)
  } catch (error) {
    if (error instanceof DOMException) return null
    throw error
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`streamkeeper.${name}`, value)
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
  }
}
