/** Tiny models with the shapes of those that find and read text, and their folders, for tests of faults. */
import { createHash } from 'node:crypto'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import onnxProto from 'onnx-proto'

const OPEN_SIDE = 'open'
const HEIGHT = 48
const KEYS = 'a\nb\n'
/** No letter, a, b, space. */
const CLASSES = 4

type Sides = (number | string)[]
type Node = { opType: string; input: string[]; output: string[]; attribute?: Record<string, unknown>[] }

function encodeModel(
  nodes: Node[],
  weights: { dims: number[]; value: number; bias: number[] },
  sides: { input: Sides; output: Sides },
): Buffer {
  const { ModelProto } = onnxProto.onnx
  const describe = (name: string, shape: Sides) => {
    const dim = shape.map((side) => (typeof side === 'number' ? { dimValue: side } : { dimParam: side }))
    return { name, type: { tensorType: { elemType: 1, shape: { dim } } } }
  }
  const { dims, value, bias } = weights
  const floatData = Array.from({ length: dims.reduce((all, side) => all * side, 1) }, () => value)
  const proto = ModelProto.fromObject({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 13 }],
    graph: {
      name: 'tiny',
      node: nodes,
      initializer: [
        { name: 'weight', dims, dataType: 1, floatData },
        { name: 'bias', dims: [bias.length], dataType: 1, floatData: bias },
        { name: 'rows', dims: [1], dataType: 7, int64Data: [2] },
      ],
      input: [describe('input', sides.input)],
      output: [describe('output', sides.output)],
    },
  })
  return Buffer.from(ModelProto.encode(proto).finish())
}

/** Says of every pixel of a picture that it is text, or what `weight` makes of it. */
export function makeTinyDetection({ weight = 0, sides = [1, 3, OPEN_SIDE, OPEN_SIDE] as Sides } = {}): Buffer {
  const nodes: Node[] = [
    { opType: 'Conv', input: ['input', 'weight', 'bias'], output: ['sum'] },
    { opType: 'Sigmoid', input: ['sum'], output: ['output'] },
  ]
  const weights = { dims: [1, 3, 1, 1], value: weight, bias: [5] }
  return encodeModel(nodes, weights, { input: sides, output: [1, 1, OPEN_SIDE, OPEN_SIDE] })
}

/** Reads `a` in every step, or what `weight` makes of it. */
export function makeTinyRecognition({ weight = 0, classes = CLASSES } = {}): Buffer {
  const nodes: Node[] = [
    { opType: 'Conv', input: ['input', 'weight', 'bias'], output: ['sum'] },
    { opType: 'Squeeze', input: ['sum', 'rows'], output: ['flat'] },
    {
      opType: 'Transpose',
      input: ['flat'],
      output: ['steps'],
      attribute: [{ name: 'perm', type: 7, ints: [0, 2, 1] }],
    },
    { opType: 'Softmax', input: ['steps'], output: ['output'] },
  ]
  const bias = Array.from({ length: classes }, (_, index) => (index === 1 ? 5 : 0))
  const weights = { dims: [classes, 3, HEIGHT, 1], value: weight, bias }
  return encodeModel(nodes, weights, { input: [1, 3, HEIGHT, OPEN_SIDE], output: [1, OPEN_SIDE, classes] })
}

const digestOf = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex')
const common = {
  schemaVersion: 1,
  name: 'tiny',
  version: '1',
  file: 'tiny.onnx',
  licence: 'Apache-2.0',
  source: 'made',
}
const pixels = { name: 'input', layout: 'NCHW', colour: 'rgb', mean: [0, 0, 0], deviation: [1, 1, 1] }

/** A fresh folder with a model that finds lines; `changes` replace fields of its manifest. */
export function writeDetectionDir(bytes: Buffer, changes: Record<string, unknown> = {}): Promise<string> {
  const input = { ...pixels, shape: [1, 3, null, null], longestSide: 64, multipleOf: 32 }
  const output = { name: 'output', shape: [1, 1, null, null], kind: 'text-map' }
  return writeDir(bytes, { ...common, sha256: digestOf(bytes), input, output, ...changes })
}

/** A fresh folder with a model that reads lines, and its letters. */
export function writeRecognitionDir(bytes: Buffer, changes: Record<string, unknown> = {}): Promise<string> {
  const widths = { least: 16, most: 64, multipleOf: 8 }
  const input = { ...pixels, shape: [1, 3, HEIGHT, null], widths }
  const output = { name: 'output', shape: [1, null, CLASSES], kind: 'ctc' }
  const keys = { file: 'keys.txt', sha256: digestOf(KEYS) }
  return writeDir(bytes, { ...common, sha256: digestOf(bytes), input, output, keys, ...changes })
}

async function writeDir(bytes: Buffer, manifest: Record<string, unknown>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'streamkeeper-model-'))
  await writeFile(join(dir, 'tiny.onnx'), bytes)
  await writeFile(join(dir, 'keys.txt'), KEYS)
  await writeFile(join(dir, 'manifest.json'), JSON.stringify(manifest))
  return dir
}
