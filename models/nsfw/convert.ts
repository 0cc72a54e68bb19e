/** Turns the layers of MobileNetV2 into an ONNX graph (opset 13), batch normalisation folded into the convolutions. */
import onnxProto from 'onnx-proto'
import type { Layer, SourceModel, Weight } from './read-nsfwjs.js'

const FLOAT = 1
const INTS = 7
const INT = 2

type Attribute = { name: string; type: number; ints?: number[]; i?: number }
type Node = { opType: string; input: string[]; output: string[]; attribute: Attribute[] }
type Fold = { scale: Float64Array; bias: Float32Array }

interface Graph {
  source: SourceModel
  nodes: Node[]
  initializers: { name: string; dims: number[]; dataType: number; rawData: Uint8Array }[]
  /** Layer name to the name of the tensor that it yields. */
  outputs: Map<string, string>
  /** Layer name to [top, left, bottom, right] that the next convolution has to pad by. */
  pads: Map<string, number[]>
}

const HANDLERS: Record<string, (graph: Graph, layer: Layer) => void> = {
  InputLayer: (graph, layer) => {
    const attribute = [{ name: 'perm', type: INTS, ints: [0, 3, 1, 2] }]
    addNode(graph, layer, { opType: 'Transpose', input: ['input'], attribute })
  },
  ZeroPadding2D: (graph, layer) => {
    const { padding } = layer.config
    if (!Array.isArray(padding)) throw new Error(`${layer.name}: padding is not a pair of pairs`)
    graph.pads.set(layer.name, [padding[0][0], padding[1][0], padding[0][1], padding[1][1]])
    passOn(graph, layer)
  },
  Conv2D: addConvolution,
  DepthwiseConv2D: addConvolution,
  BatchNormalization: passOn,
  Dropout: passOn,
  ReLU: (graph, layer) => addNode(graph, layer, { opType: 'Clip', input: [...inputsOf(graph, layer), 'zero', 'six'] }),
  Add: (graph, layer) => addNode(graph, layer, { opType: 'Add', input: inputsOf(graph, layer) }),
  AveragePooling2D: (graph, layer) => {
    addNode(graph, layer, { opType: 'GlobalAveragePool', input: inputsOf(graph, layer) })
  },
  Flatten: (graph, layer) => {
    const attribute = [{ name: 'axis', type: INT, i: 1 }]
    addNode(graph, layer, { opType: 'Flatten', input: inputsOf(graph, layer), attribute })
  },
  Dense: addDense,
}

/** Gives the bytes of the ONNX model: input `input` N x 224 x 224 x 3 (rgb, 0 to 1), output `scores` N x 5. The same source gives the same bytes. */
export function convertToOnnx(source: SourceModel): Buffer {
  const graph: Graph = { source, nodes: [], initializers: [], outputs: new Map(), pads: new Map() }
  addTensor(graph, 'zero', { shape: [], values: Float32Array.of(0) })
  addTensor(graph, 'six', { shape: [], values: Float32Array.of(6) })
  for (const layer of source.layers) {
    const handler = HANDLERS[layer.class_name]
    if (handler === undefined) throw new Error(`${layer.name}: no rule for a ${layer.class_name}`)
    handler(graph, layer)
  }
  const last = graph.nodes.at(-1)
  if (last === undefined) throw new Error('the source has no layers')
  last.output = ['scores']
  return encode(graph)
}

function encode(graph: Graph): Buffer {
  const { ModelProto } = onnxProto.onnx
  const model = ModelProto.fromObject({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 13 }],
    producerName: 'streamkeeper',
    graph: {
      name: 'nsfw',
      node: graph.nodes.map((node, index) => ({ ...node, name: `${node.opType}_${index}` })),
      initializer: graph.initializers,
      input: [describeTensor('input', ['N', 224, 224, 3])],
      output: [describeTensor('scores', ['N', 5])],
    },
  })
  return Buffer.from(ModelProto.encode(model).finish())
}

function describeTensor(name: string, shape: (string | number)[]) {
  const dim = shape.map((side) => (typeof side === 'string' ? { dimParam: side } : { dimValue: side }))
  return { name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } }
}

function inputNamesOf(layer: Layer): string[] {
  return (layer.inbound_nodes[0] ?? []).map(([name]) => name)
}

function inputsOf(graph: Graph, layer: Layer): string[] {
  return inputNamesOf(layer).map((name) => {
    const tensor = graph.outputs.get(name)
    if (tensor === undefined) throw new Error(`${layer.name}: ${name} comes later or never`)
    return tensor
  })
}

function passOn(graph: Graph, layer: Layer): void {
  const [tensor] = inputsOf(graph, layer)
  if (tensor === undefined) throw new Error(`${layer.name}: no input`)
  graph.outputs.set(layer.name, tensor)
}

function addNode(graph: Graph, layer: Layer, node: { opType: string; input: string[]; attribute?: Attribute[] }): void {
  const output = `${layer.name}_out`
  graph.nodes.push({ attribute: [], ...node, output: [output] })
  graph.outputs.set(layer.name, output)
}

function addTensor(graph: Graph, name: string, { shape, values }: Weight): void {
  // ONNX raw data is little endian, as every machine that Node supports here.
  const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  graph.initializers.push({ name, dims: shape, dataType: FLOAT, rawData })
}

function weightOf(graph: Graph, name: string): Weight {
  const weight = graph.source.weights.get(name)
  if (weight === undefined) throw new Error(`weight ${name} is missing`)
  return weight
}

function addConvolution(graph: Graph, layer: Layer): void {
  const depthwise = layer.class_name === 'DepthwiseConv2D'
  const kernel = weightOf(graph, `${layer.name}/${depthwise ? 'depthwise_kernel' : 'kernel'}`)
  const [height = 0, width = 0, channels = 0, filters = 0] = kernel.shape
  const fold = foldBatchNorm(graph, layer, depthwise ? channels : filters)
  addTensor(graph, `${layer.name}_w`, transposeKernel(kernel, fold, depthwise))
  addTensor(graph, `${layer.name}_b`, { shape: [fold.bias.length], values: fold.bias })
  addNode(graph, layer, {
    opType: 'Conv',
    input: [...inputsOf(graph, layer), `${layer.name}_w`, `${layer.name}_b`],
    attribute: [
      { name: 'strides', type: INTS, ints: [...(layer.config.strides ?? [1, 1])] },
      { name: 'pads', type: INTS, ints: padsOf(graph, layer, height) },
      { name: 'kernel_shape', type: INTS, ints: [height, width] },
      { name: 'group', type: INT, i: depthwise ? channels : 1 },
    ],
  })
}

function padsOf(graph: Graph, layer: Layer, kernelSide: number): number[] {
  const [previous] = inputNamesOf(layer)
  const explicit = previous === undefined ? undefined : graph.pads.get(previous)
  if (explicit !== undefined) return explicit
  return layer.config.padding === 'same' && kernelSide > 1 ? [1, 1, 1, 1] : [0, 0, 0, 0]
}

/** Scale and bias for each filter that do what the batch normalisation after this convolution does. */
function foldBatchNorm(graph: Graph, layer: Layer, filters: number): Fold {
  const fold: Fold = { scale: new Float64Array(filters).fill(1), bias: new Float32Array(filters) }
  const next = graph.source.layers.find((other) => inputNamesOf(other).includes(layer.name))
  if (next?.class_name !== 'BatchNormalization') return fold
  const read = (part: string) => weightOf(graph, `${next.name}/${part}`).values
  const [gamma, beta, mean, variance] = [read('gamma'), read('beta'), read('moving_mean'), read('moving_variance')]
  for (let filter = 0; filter < filters; filter++) {
    const spread = Math.sqrt((variance[filter] ?? 0) + (next.config.epsilon ?? 0))
    const scale = (gamma[filter] ?? 0) / spread
    fold.scale[filter] = scale
    fold.bias[filter] = (beta[filter] ?? 0) - (mean[filter] ?? 0) * scale
  }
  return fold
}

/** From height, width, channels, filters (Keras) to filters, channels, height, width (ONNX), each filter scaled. */
function transposeKernel(kernel: Weight, fold: Fold, depthwise: boolean): Weight {
  const [height, width, channels, last] = kernel.shape as [number, number, number, number]
  const [filters, depth] = depthwise ? [channels, 1] : [last, channels]
  const area = width * height
  const values = Float32Array.from({ length: filters * depth * area }, (_, target) => {
    const place = target % area
    const channel = Math.floor(target / area) % depth
    const filter = Math.floor(target / (area * depth))
    const source = depthwise ? place * channels + filter : (place * channels + channel) * filters + filter
    return (kernel.values[source] ?? Number.NaN) * (fold.scale[filter] ?? Number.NaN)
  })
  return { shape: [filters, depth, height, width], values }
}

function addDense(graph: Graph, layer: Layer): void {
  const bias = weightOf(graph, `${layer.name}/bias`)
  addTensor(graph, `${layer.name}_w`, weightOf(graph, `${layer.name}/kernel`))
  addTensor(graph, `${layer.name}_b`, bias)
  const input = [...inputsOf(graph, layer), `${layer.name}_w`, `${layer.name}_b`]
  const sum = `${layer.name}_sum`
  graph.nodes.push({ opType: 'Gemm', input, output: [sum], attribute: [] })
  addNode(graph, layer, { opType: layer.config.activation === 'softmax' ? 'Softmax' : 'Relu', input: [sum] })
}
