/** The mark of the page. */
export function BrandMark({ size = 20 }: { size?: number }) {
  return (
    <svg className="mark-brand" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true">
      <rect x="1" y="1" width="18" height="18" rx="4" />
      <path d="M5 12.5c2-5 3.5 3 5-1.5s3-1 5-3.5" />
    </svg>
  )
}
