/** Makes tiny ONNX models and model folders for tests: 2x2 rgb in, five numbers out. */
import { createHash } from 'node:crypto'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import onnxProto from 'onnx-proto'
import type { Manifest } from '../src/index.js'

export interface TinyModel {
  /** All weights of the one layer. */
  weight?: number
  /** The five biases; with weight 0 they are the output, or the logits. */
  bias?: number[]
  softmax?: boolean
  /** Keep the bias in another file. */
  external?: boolean
  inputSides?: number[]
  operator?: string
}

/** output = softmax?(flatten(input) x weight + bias) */
export function makeTinyModel(model: TinyModel): Buffer {
  const { weight = 0, bias = [0, 0, 0, 0, 0], softmax = true, inputSides = [1, 2, 2, 3], operator = 'Gemm' } = model
  const { ModelProto } = onnxProto.onnx
  const describe = (name: string, shape: number[]) => {
    const dim = shape.map((dimValue) => ({ dimValue }))
    return { name, type: { tensorType: { elemType: 1, shape: { dim } } } }
  }
  const external = { dataLocation: 1, externalData: [{ key: 'location', value: '/etc/passwd' }] }
  const proto = ModelProto.fromObject({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 13 }],
    graph: {
      name: 'tiny',
      node: [
        { opType: 'Flatten', input: ['input'], output: ['flat'] },
        { opType: operator, input: ['flat', 'weight', 'bias'], output: [softmax ? 'sum' : 'scores'] },
        ...(softmax ? [{ opType: 'Softmax', input: ['sum'], output: ['scores'] }] : []),
      ],
      initializer: [
        { name: 'weight', dims: [12, 5], dataType: 1, floatData: Array.from({ length: 60 }, () => weight) },
        { name: 'bias', dims: [5], dataType: 1, ...(model.external === true ? external : { floatData: bias }) },
      ],
      input: [describe('input', inputSides)],
      output: [describe('scores', [1, 5])],
    },
  })
  return Buffer.from(ModelProto.encode(proto).finish())
}

/** A valid manifest for these bytes. */
export function describeTinyModel(bytes: Buffer): Manifest {
  return {
    schemaVersion: 1,
    name: 'tiny',
    version: '1',
    file: 'tiny.onnx',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    input: {
      name: 'input',
      shape: [1, 2, 2, 3],
      layout: 'NHWC',
      colour: 'rgb',
      range: [0, 1],
      resize: 'bilinear-align-corners',
    },
    output: { name: 'scores', shape: [1, 5], kind: 'distribution' },
    labels: [
      { raw: 'a', label: null },
      { raw: 'b', label: 'GORE' },
      { raw: 'c', label: 'GORE' },
      { raw: 'd', label: 'WEAPONS' },
      { raw: 'e', label: null },
    ],
    thresholds: {
      GORE: { severity: 70, review: 0.5, act: 0.9 },
      WEAPONS: { severity: 70, review: 0.5, act: 0.9 },
    },
    licence: 'Apache-2.0',
    source: 'made by the test',
  }
}

/** A fresh folder with the model and its manifest; `changes` replace fields of the manifest, wrong ones too. */
export async function writeModelDir(bytes: Buffer, changes: Record<string, unknown> = {}): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'streamkeeper-model-'))
  await writeFile(join(dir, 'tiny.onnx'), bytes)
  await writeFile(join(dir, 'manifest.json'), JSON.stringify({ ...describeTinyModel(bytes), ...changes }))
  return dir
}
