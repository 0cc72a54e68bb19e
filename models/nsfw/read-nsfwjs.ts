/** Reads MobileNetV2 out of the installed `nsfwjs` package: its layers, and its weights as float32. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

export interface Layer {
  class_name: string
  name: string
  config: {
    padding?: string | [[number, number], [number, number]]
    strides?: [number, number]
    activation?: string
    epsilon?: number
  }
  inbound_nodes: [string, ...unknown[]][][]
}

export interface Weight {
  shape: number[]
  values: Float32Array
}

export interface SourceModel {
  version: string
  layers: Layer[]
  weights: Map<string, Weight>
}

interface WeightSpec {
  name: string
  shape: number[]
  quantization: { scale: number; min: number; dtype: string }
}

interface SourceJson {
  modelTopology: { model_config: { config: { layers: Layer[] } } }
  weightsManifest: { weights: WeightSpec[] }[]
}

/** The root of the repository: the nearest folder above `start` that holds turbo.json. */
export function findRoot(start: string): string {
  if (existsSync(join(start, 'turbo.json'))) return start
  const parent = dirname(start)
  if (parent === start) throw new Error('no turbo.json above this script')
  return findRoot(parent)
}

/**
 * Reads the model that nsfwjs calls MobileNetV2, weights turned from their 8-bit form into float32
 * (`value = byte * scale + min`, as tfjs does). Throws when the package is missing or of another form.
 */
export function readNsfwjs(root: string): SourceModel {
  const require = createRequire(join(root, 'packages/inference/package.json'))
  const folder = join(dirname(require.resolve('nsfwjs')), '../models/mobilenet_v2')
  const model = require(join(folder, 'model.min.js')) as SourceJson
  const bytes = Buffer.from(require(join(folder, 'group1-shard1of1.min.js')) as string, 'base64')
  const { version } = require(join(folder, '../../../package.json')) as { version: string }
  const specs = model.weightsManifest.flatMap((group) => group.weights)
  return { version, layers: model.modelTopology.model_config.config.layers, weights: readWeights(specs, bytes) }
}

function readWeights(specs: WeightSpec[], bytes: Buffer): Map<string, Weight> {
  const weights = new Map<string, Weight>()
  let offset = 0
  for (const { name, shape, quantization } of specs) {
    if (quantization.dtype !== 'uint8') throw new Error(`weight ${name} is ${quantization.dtype}, not uint8`)
    const size = shape.reduce((product, side) => product * side, 1)
    const part = bytes.subarray(offset, offset + size)
    const values = Float32Array.from(part, (byte) => byte * quantization.scale + quantization.min)
    weights.set(name, { shape, values })
    offset += size
  }
  if (offset !== bytes.length) throw new Error(`weights are ${bytes.length} bytes, the layers ask for ${offset}`)
  return weights
}
