import { missingMs } from './missing-ms.js'

it.each([
  [[], 0],
  [['', null, 'a title of another packager'], 0],
  [['', 'missing 8000 ms before', ''], 8_000],
  [['missing 19000 ms before, missing 7000 ms after'], 26_000],
])('of %j: %d ms', (titles, expected) => {
  expect(missingMs(titles)).toBe(expected)
})
