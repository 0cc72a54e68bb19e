/** A small ring of what is left, 1 full, 0 empty. */
export function Ring({ share }: { share: number }) {
  const left = Math.max(0, Math.min(1, share)) * 100
  return (
    <svg className="ring" width="32" height="32" viewBox="0 0 32 32" aria-hidden="true">
      <circle cx="16" cy="16" r="13" />
      <circle className="go" cx="16" cy="16" r="13" pathLength={100} strokeDasharray={`${left} 100`} />
    </svg>
  )
}
