/** The child process: one model, one session, one thread, one picture at a time. Knows no file, no network, no environment. */
import { readSync, writeSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import {
  bytesOf,
  encodeHead,
  MessageReader,
  SOCKET,
  type FromWorker,
  type Interface,
  type Shape,
  type ToWorker,
  type Values,
} from './protocol.js'
import { takeLikeliest } from './take-likeliest.js'

let session: InferenceSession | undefined
let plan: Interface | undefined

/** It has nothing else to do, so it may wait for the socket: no event loop, no chunks, no copies. */
function say(message: FromWorker, values: Float32Array = new Float32Array(0)): void {
  const body = bytesOf(values)
  for (const bytes of [encodeHead(message, body), body])
    for (let at = 0; at < bytes.length;) at += writeSync(SOCKET, bytes, at)
}

async function load(message: Extract<ToWorker, { type: 'load' }>, bytes: Uint8Array): Promise<void> {
  try {
    session = await InferenceSession.create(bytes, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      // It keeps a plan for each shape that it ever saw: of a model with open sides they are thousands.
      enableMemPattern: !message.input.shape.includes(null),
      logSeverityLevel: 3,
    })
  } catch (error) {
    say({ type: 'refused', reason: 'load', detail: String(error) })
    return
  }
  plan = { input: message.input, output: message.output, answer: message.answer }
  const fault =
    findMismatch(session.inputMetadata, plan.input, 'input') ??
    findMismatch(session.outputMetadata, plan.output, 'output')
  say(fault === undefined ? { type: 'ready' } : { type: 'refused', reason: 'shape', detail: fault })
}

/** Compares what the session has with what the manifest says. */
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
  if (fits) return undefined
  return `${what} has shape ${sides.join('x')}, the manifest says ${describeShape(expected.shape)}`
}

/** The batch, the first side, may always be open; another only where the manifest says so, and there it must be. */
function fitsSide(side: number | string, expected: Shape, index: number): boolean {
  const open = typeof side === 'string' || side < 0
  return expected[index] === null ? open : side === expected[index] || (index === 0 && open)
}

async function run({ values, shape }: Values): Promise<void> {
  try {
    if (session === undefined || plan === undefined) throw new Error('no model loaded')
    const feeds = { [plan.input.name]: new Tensor('float32', values, shape) }
    const output = (await session.run(feeds))[plan.output.name]
    if (!(output?.data instanceof Float32Array)) throw new Error('the output is no float32 tensor')
    const answer = readAnswer({ values: output.data, shape: output.dims }, plan)
    say({ type: 'answer', shape: answer.shape, rssBytes: process.memoryUsage.rss() }, answer.values)
  } catch (error) {
    say({ type: 'broken', detail: String(error), rssBytes: process.memoryUsage.rss() })
  }
}

/** A model with open sides can answer in any shape: the sides that the manifest names are checked at each answer. */
function readAnswer(all: Values, { output, answer }: Interface): Values {
  const fits =
    all.shape.length === output.shape.length &&
    output.shape.every((side, index) => side === null || side === all.shape[index])
  if (!fits) throw new Error(`the answer has shape ${all.shape.join('x')}, not ${describeShape(output.shape)}`)
  return answer === 'ctc' ? takeLikeliest(all) : all
}

function describeShape(shape: Shape): string {
  return shape.map((side) => side ?? 'any').join('x')
}

/** The values of one picture after the other lie in the same memory. */
let memory = new ArrayBuffer(0)

function bodyFor(size: number): Uint8Array<ArrayBuffer> {
  // The session keeps the bytes of its model no longer than it takes to load them, but they are not worth holding on to.
  if (session === undefined) return new Uint8Array(size)
  if (memory.byteLength < size) memory = new ArrayBuffer(size)
  return new Uint8Array(memory, 0, size)
}

// Only ever lower: to rise, even to where it began, takes a right that it should not have.
const niceness = Number(process.argv[2] ?? 0)
if (niceness > 0) setPriority(Math.min(19, getPriority() + niceness))

const reader = new MessageReader<ToWorker>(bodyFor)

/** Undefined when the parent is gone. */
function hear(): ReturnType<typeof reader.take> {
  for (;;) {
    const count = readSync(SOCKET, reader.space)
    if (count === 0) return undefined
    const heard = reader.take(count)
    if (heard !== undefined) return heard
  }
}

for (let heard = hear(); heard !== undefined; heard = hear()) {
  const { message, body } = heard
  if (message.type === 'load') await load(message, body)
  else await run({ values: new Float32Array(body.buffer, body.byteOffset, body.length / 4), shape: message.shape })
}
process.exit(0)
