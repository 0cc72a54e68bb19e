/**
 * The floor of benches: what one run of a model costs with nothing of ours around it. `node bare-run.mjs MODEL.onnx RUNS 1 224 224 3`
 * prints the milliseconds of CPU a run, one thread.
 */
import { InferenceSession, Tensor } from 'onnxruntime-node'

const [file, runs, ...shape] = process.argv.slice(2)
const session = await InferenceSession.create(file, { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 })
const sides = shape.map(Number)
const values = Float32Array.from({ length: sides.reduce((all, side) => all * side, 1) }, (_, n) => (n % 255) / 255)
const feeds = { [session.inputNames[0]]: new Tensor('float32', values, sides) }
for (let n = 0; n < 10; n += 1) await session.run(feeds)
const before = process.cpuUsage()
for (let n = 0; n < Number(runs); n += 1) await session.run(feeds)
const { user, system } = process.cpuUsage(before)
process.stdout.write(`${(user + system) / 1_000 / Number(runs)}\n`)
