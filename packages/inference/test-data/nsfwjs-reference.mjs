/**
 * What nsfwjs itself says, for the tests: reads a JSON line { width, height, file } a picture from stdin (file = raw
 * rgb24) and writes the five probabilities of each as one JSON array. A process of its own, since tfjs refuses typed
 * arrays of jest's realm. Offline: nsfwjs brings its weights.
 */
import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs'
// The ES build asks for `buffer/` in a way that Node does not resolve.
import { createRequire } from 'node:module'

const nsfwjs = createRequire(import.meta.url)('nsfwjs')
console.info = () => undefined
console.warn = () => undefined
await tf.setBackend('cpu')
const model = await nsfwjs.load('MobileNetV2')
const answers = []
for (const line of readFileSync(0, 'utf8').trim().split('\n')) {
  const { width, height, file } = JSON.parse(line)
  const picture = tf.tensor3d(new Uint8Array(readFileSync(file)), [height, width, 3], 'int32')
  const classes = await model.classify(picture, 5)
  picture.dispose()
  answers.push(Object.fromEntries(classes.map(({ className, probability }) => [className, probability])))
}
process.stdout.write(JSON.stringify(answers))
