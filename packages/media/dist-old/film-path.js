/** The project's film for demo and tests (see test-data/README.md). `src` and `dist` lie at the same depth. */ export const filmPath =
  new URL('../test-data/bigbuckbunny-5s.mp4', import.meta.url)

//# sourceMappingURL=film-path.js.map
