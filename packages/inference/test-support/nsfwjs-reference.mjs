/**
 * What nsfwjs itself says, for the tests: reads a JSON line { width, height, file } a picture from stdin (file = raw
 * rgb24) and writes the five probabilities of each as one JSON array,
 * the last line of stdout (nsfwjs greets above it). A process of its own, since tfjs refuses typed
 * arrays of jest's realm. Offline: nsfwjs brings its weights.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

// By require: nsfwjs' ES build asks for `buffer/`, which Node does not resolve, and one copy of tfjs has to serve both.
const require = createRequire(import.meta.url)
const tf = require('@tensorflow/tfjs')
// WebAssembly instead of plain JavaScript: 0.1 s a picture instead of 3 s.
require('@tensorflow/tfjs-backend-wasm').setThreadsCount(1)
const nsfwjs = require('nsfwjs')
await tf.setBackend('wasm')
const model = await nsfwjs.load('MobileNetV2')
const answers = []
for (const line of readFileSync(0, 'utf8').trim().split('\n')) {
  const { width, height, file } = JSON.parse(line)
  const picture = tf.tensor3d(new Uint8Array(readFileSync(file)), [height, width, 3], 'int32')
  const classes = await model.classify(picture, 5)
  picture.dispose()
  answers.push(Object.fromEntries(classes.map(({ className, probability }) => [className, probability])))
}
process.stdout.write(`\n${JSON.stringify(answers)}`)
