/** Writes nsfw.onnx from the weights in the `nsfwjs` package and the digest into the manifest. Run: npm run models -w @streamkeeper/inference */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertToOnnx } from './convert.js'
import { findRoot, readNsfwjs } from './read-nsfwjs.js'

const root = findRoot(import.meta.dirname)
const folder = join(root, 'models/nsfw')
const bytes = convertToOnnx(readNsfwjs(root))
writeFileSync(join(folder, 'nsfw.onnx'), bytes)

const sha256 = createHash('sha256').update(bytes).digest('hex')
const manifestPath = join(folder, 'manifest.json')
const manifest = readFileSync(manifestPath, 'utf8')
writeFileSync(manifestPath, manifest.replace(/("sha256": )"[^"]*"/, `$1"${sha256}"`))
console.log(`nsfw.onnx: ${bytes.length} bytes, sha256 ${sha256}`)
