import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertToOnnx } from './convert.js'
import { findRoot, readNsfwjs } from './read-nsfwjs.js'

const folder = import.meta.dirname
const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { sha256: string; version: string }

test('building again from the package gives the very bytes that are checked in', () => {
  const source = readNsfwjs(findRoot(folder))
  const built = convertToOnnx(source)
  expect(createHash('sha256').update(built).digest('hex')).toBe(manifest.sha256)
  expect(built.equals(readFileSync(join(folder, 'nsfw.onnx')))).toBe(true)
  expect(source.version).toBe(manifest.version)
})

test('a layer without a rule is an error, not a gap', () => {
  const source = readNsfwjs(findRoot(folder))
  const odd = { ...source, layers: source.layers.map((layer) => ({ ...layer, class_name: 'GELU' })) }
  expect(() => convertToOnnx(odd)).toThrow('no rule for a GELU')
})
