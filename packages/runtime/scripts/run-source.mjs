/** Lets a child process of a test run our TypeScript sources: `node --conditions=source --import scripts/run-source.mjs …`. */
import { register } from 'node:module'

const hooks = `
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { transform } from '@swc/core'

export async function resolve(specifier, context, next) {
  const isOurs = specifier.startsWith('.') && context.parentURL?.endsWith('.ts')
  return next(isOurs ? specifier.replace(/\\.js$/, '.ts') : specifier, context)
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context)
  const source = await readFile(fileURLToPath(url), 'utf8')
  const jsc = { parser: { syntax: 'typescript' }, target: 'es2022' }
  const { code } = await transform(source, { jsc, module: { type: 'es6' }, sourceMaps: 'inline', swcrc: false })
  return { format: 'module', source: code, shortCircuit: true }
}
`
// Bare names are looked up beside the parent, which a data: address does not have.
const swc = import.meta.resolve('@swc/core')
register(`data:text/javascript,${encodeURIComponent(hooks.replace("'@swc/core'", JSON.stringify(swc)))}`)
