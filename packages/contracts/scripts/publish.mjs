// Writes the generated files; with --baseline also the baseline that compatibility is held against (only at a release).
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { jsonSchemas, publishedFiles } from '../dist/index.js'

const root = new URL('../../../', import.meta.url)
for (const [path, text] of Object.entries(publishedFiles())) {
  const file = fileURLToPath(new URL(path, root))
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
if (process.argv.includes('--baseline')) {
  writeFileSync(new URL('../baseline.json', import.meta.url), `${JSON.stringify(jsonSchemas(), null, 2)}\n`)
}
