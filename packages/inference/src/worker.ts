/** The child process: one model, one session, one thread, one picture at a time. Knows no file, no network, no environment. */
import { InferenceSession, Tensor } from 'onnxruntime-node'
import type { FromWorker, Interface, ToWorker } from './protocol.js'

let session: InferenceSession | undefined
let plan: Interface | undefined

function say(message: FromWorker): void {
  process.send?.(message)
}

async function load(message: Extract<ToWorker, { type: 'load' }>): Promise<void> {
  try {
    session = await InferenceSession.create(message.bytes, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
    })
  } catch (error) {
    say({ type: 'refused', reason: 'load', detail: String(error) })
    return
  }
  plan = { input: message.input, output: message.output }
  const fault =
    findMismatch(session.inputMetadata, plan.input, 'input') ??
    findMismatch(session.outputMetadata, plan.output, 'output')
  say(fault === undefined ? { type: 'ready' } : { type: 'refused', reason: 'shape', detail: fault })
}

/** Compares what the session has with what the manifest says. Only the first side, the batch, may be open. */
function findMismatch(
  metadata: readonly InferenceSession.ValueMetadata[],
  expected: Interface['input'],
  what: string,
): string | undefined {
  const [found] = metadata
  if (metadata.length !== 1 || found === undefined) return `${metadata.length} ${what}s instead of 1`
  if (found.name !== expected.name) return `${what} is called ${found.name}, not ${expected.name}`
  if (!found.isTensor || found.type !== 'float32') return `${what} is no float32 tensor`
  const sides = [...found.shape]
  const fits =
    sides.length === expected.shape.length && sides.every((side, index) => fitsSide(side, expected.shape, index))
  return fits ? undefined : `${what} has shape ${sides.join('x')}, the manifest says ${expected.shape.join('x')}`
}

function fitsSide(side: number | string, expected: readonly number[], index: number): boolean {
  return side === expected[index] || (index === 0 && (typeof side === 'string' || side < 0))
}

async function run(tensor: Float32Array): Promise<void> {
  try {
    if (session === undefined || plan === undefined) throw new Error('no model loaded')
    const feeds = { [plan.input.name]: new Tensor('float32', tensor, plan.input.shape) }
    const output = (await session.run(feeds))[plan.output.name]
    if (!(output?.data instanceof Float32Array)) throw new Error('the output is no float32 tensor')
    say({ type: 'scores', values: Array.from(output.data), rssBytes: process.memoryUsage.rss() })
  } catch (error) {
    say({ type: 'broken', detail: String(error), rssBytes: process.memoryUsage.rss() })
  }
}

process.on('message', (message: ToWorker) => void (message.type === 'load' ? load(message) : run(message.tensor)))
process.on('disconnect', () => process.exit(0))
