/** A segment of a live stream as it came in. Times in milliseconds of stream time. */ export {}

//# sourceMappingURL=segment.js.map
