// `npm run bench -- NAME`: runs one bench against built rooms and running engines, says its figure as one JSON line, and keeps it.
import { readdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'

const folder = import.meta.dirname
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.bench.mjs'))
  .map((file) => file.replace('.bench.mjs', ''))
const say = (words) => process.stdout.write(`${words}\n`)
const progress = (words) => process.stderr.write(`${words}\n`)
const [name] = process.argv.slice(2)

if (name === '--list') say(names.join('\n'))
else if (!names.includes(name)) {
  progress(`npm run bench -- NAME, one of: ${names.join(', ')}`)
  process.exitCode = 64
} else {
  const { run } = await import(`./${name}.bench.mjs`)
  const machine = `${cpus().length} x ${cpus()[0].model}, Node ${process.versions.node}`
  const result = { bench: name, ...(await run(progress)), machine }
  writeFileSync(join(folder, 'results', `${name}.json`), `${JSON.stringify(result, null, 2)}\n`)
  say(JSON.stringify(result))
  process.exitCode = result.ok ? 0 : 2
}
