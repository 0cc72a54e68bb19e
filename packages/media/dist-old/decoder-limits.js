/** Pictures a second: above the 120 of the fastest usual streams. */ const MAX_RATE = 130
export const defaultLimits = {
  intervalMs: 2000,
  noKeyframeMs: 10_000,
  deadlineMs: 20_000,
  cpuMs: 10_000,
  silenceMs: 4000,
  maxOutstanding: 64,
  maxPictures: (durationMs) => 2 + Math.ceil((durationMs / 1000) * MAX_RATE),
}

//# sourceMappingURL=decoder-limits.js.map
