const paths = {
  sun: 'M8 5.25a2.75 2.75 0 1 0 0 5.5 2.75 2.75 0 0 0 0-5.5M8 1.5v1.75M8 12.75v1.75M1.5 8h1.75M12.75 8h1.75M3.4 3.4l1.25 1.25M11.35 11.35l1.25 1.25M12.6 3.4l-1.25 1.25M4.65 11.35 3.4 12.6',
  moon: 'M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5Z',
  keys: 'M2.5 4h11a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1ZM4 6.75h.01M6.66 6.75h.01M9.33 6.75h.01M12 6.75h.01M4.5 9.5h7',
  eye: 'M1.5 8s2.25-4.25 6.5-4.25S14.5 8 14.5 8 12.25 12.25 8 12.25 1.5 8 1.5 8ZM8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4',
  back: 'M7.5 4l-4 4 4 4M12.5 4l-4 4 4 4',
  forward: 'M8.5 4l4 4-4 4M3.5 4l4 4-4 4',
  mute: 'M2.5 6v4H5l3.5 3V3L5 6zM11 6.25l3 3.5M14 6.25l-3 3.5',
  cut: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M5.5 8h5',
  warn: 'M8 2.5 14.25 13H1.75zM8 6.5v3M8 11.25h.01',
  blur: 'M8 2.25c2.5 3 4 4.75 4 7a4 4 0 0 1-8 0c0-2.25 1.5-4 4-7Z',
  check: 'M3 8.5l3.25 3.25L13 4.75',
  x: 'M4 4l8 8M12 4l-8 8',
  clock: 'M8 2.25a5.75 5.75 0 1 0 0 11.5 5.75 5.75 0 0 0 0-11.5M8 4.75V8l2.25 1.5',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  down: 'M4 6l4 4 4-4',
  plug: 'M5.5 2v3.5M10.5 2v3.5M4 5.5h8V8a4 4 0 0 1-8 0zM8 12v2.5',
  inbox: 'M2 9.5 4 3h8l2 6.5V13H2zM2 9.5h3.5l1 1.75h3l1-1.75H14',
  shield: 'M8 1.75 13 3.5v4c0 3.25-2.25 5.5-5 6.75-2.75-1.25-5-3.5-5-6.75v-4z',
} as const

export type IconName = keyof typeof paths

/** A line icon; decoration only, the words stand beside it. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg className="i" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  )
}
