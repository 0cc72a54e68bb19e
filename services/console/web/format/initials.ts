/** Two characters for an account: its last digits when it is numbered, else its first letters. */
export function initials(username: string): string {
  return /\d{1,2}$/.exec(username)?.[0] ?? username.slice(0, 2)
}
