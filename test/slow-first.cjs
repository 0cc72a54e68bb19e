/** Files that burn minutes in decoders and models; `containers`, `crash` and `classifier` are none of them, so that both run on both Nodes. */
const ofOtherPrograms = (
  'many-decoders long-life long-groups old-decoders live-decoder live-fragments packet-keyframes hostile-media ' +
  'hostile-families hostile-files nsfwjs-parity live-parity accuracy scrolling banned-pictures pooled-reader file-segments scan-file ' +
  'decoder-pool'
).split(' ')
const slow = [...ofOtherPrograms, 'matcher.property', 'up']

const isSlow = ({ path }) => slow.some((name) => path.endsWith(`/${name}.test.ts`))

/**
 * What jest asks of a sequencer: slow files begin first, so that no worker waits for the last of them at the end. A fresh clone has no
 * times to go by.
 */
module.exports = class SlowFirst {
  sort(tests) {
    return [...tests].sort((a, b) => Number(isSlow(b)) - Number(isSlow(a)) || (a.path < b.path ? -1 : 1))
  }

  allFailedTests(tests) {
    return tests
  }

  shard(tests) {
    return tests
  }

  cacheResults() {}
}

module.exports.ofOtherPrograms = ofOtherPrograms
