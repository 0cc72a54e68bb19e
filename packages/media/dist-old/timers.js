/** Time as a parameter, so that tests own it. Milliseconds. */ export const systemTimers = {
  now: () => performance.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (handle) => clearTimeout(handle),
}

//# sourceMappingURL=timers.js.map
