import fc from 'fast-check'
import onnxProto from 'onnx-proto'
import { findExternalData } from './find-external-data.js'
import { makeTinyModel } from '../test-support/tiny-model.js'

const { ModelProto } = onnxProto.onnx
const tensor = { name: 't', dims: [1], dataType: 1, dataLocation: 1, externalData: [{ key: 'location', value: 'x' }] }
const encode = (model: Record<string, unknown>) => ModelProto.encode(ModelProto.fromObject(model)).finish()

test('a self-contained model holds none', () => {
  expect(findExternalData(makeTinyModel({}))).toBe('none')
})

test.each<[string, Record<string, unknown>]>([
  ['an initializer', { graph: { initializer: [tensor] } }],
  ['an attribute', { graph: { node: [{ attribute: [{ name: 'value', type: 4, t: tensor }] }] } }],
  ['a list attribute', { graph: { node: [{ attribute: [{ name: 'value', type: 9, tensors: [tensor] }] }] } }],
  ['a branch', { graph: { node: [{ attribute: [{ name: 'then', type: 5, g: { initializer: [tensor] } }] }] } }],
  [
    'a list of branches',
    { graph: { node: [{ attribute: [{ name: 'all', type: 10, graphs: [{ initializer: [tensor] }] }] }] } },
  ],
  ['a sparse initializer', { graph: { sparseInitializer: [{ values: tensor, dims: [1] }] } }],
  ['a function', { functions: [{ name: 'f', node: [{ attribute: [{ name: 'value', type: 4, t: tensor }] }] }] }],
  ['training', { trainingInfo: [{ initialization: { initializer: [tensor] } }] }],
  ['only a location', { graph: { initializer: [{ ...tensor, dataLocation: 0 }] } }],
])('finds it in %s', (_where, model) => {
  expect(findExternalData(encode(model))).toBe('external')
})

test('a graph nested without end is malformed', () => {
  let graph: Record<string, unknown> = {}
  for (let depth = 0; depth < 40; depth++) graph = { node: [{ attribute: [{ name: 'g', type: 5, g: graph }] }] }
  expect(findExternalData(encode({ graph }))).toBe('malformed')
})

test('any bytes get an answer', () => {
  const model = makeTinyModel({ external: true })
  const mutated = fc.tuple(fc.nat(model.length - 1), fc.nat(255)).map(([place, value]) => {
    const bytes = Buffer.from(model)
    bytes[place] = value
    return bytes
  })
  const answers = new Set(['none', 'external', 'malformed'])
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), mutated), (bytes) => answers.has(findExternalData(bytes))),
  )
})

test('a model cut off anywhere is not taken for complete when the cut is inside a field', () => {
  const model = makeTinyModel({})
  fc.assert(
    fc.property(
      fc.integer({ min: 5, max: model.length - 1 }),
      (end) => findExternalData(model.subarray(0, end)) !== 'external',
    ),
  )
  expect(findExternalData(model.subarray(0, model.length - 1))).toBe('malformed')
})
