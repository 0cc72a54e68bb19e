// `npm run bench -- NAME` and `npm run soak -- NAME`: runs one against built rooms, says its figure as one JSON line, and
// keeps it. Benches want running engines; soaks start what they need.
import { readdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'

const folder = import.meta.dirname
const [kind = '', name] = process.argv.slice(2)
const names = readdirSync(folder)
  .filter((file) => file.endsWith(`.${kind}.mjs`))
  .map((file) => file.replace(`.${kind}.mjs`, ''))
const say = (words) => process.stdout.write(`${words}\n`)
const progress = (words) => process.stderr.write(`${words}\n`)

if (name === '--list') say(names.join('\n'))
else if (!names.includes(name)) {
  progress(`npm run ${kind} -- NAME, one of: ${names.join(', ')}`)
  process.exitCode = 64
} else {
  const { run } = await import(`./${name}.${kind}.mjs`)
  const machine = `${cpus().length} x ${cpus()[0].model}, Node ${process.versions.node}`
  const title = kind === 'soak' ? `soak-${name}` : name
  const result = { bench: title, ...(await run(progress)), machine }
  writeFileSync(join(folder, 'results', `${title}.json`), `${JSON.stringify(result, null, 2)}\n`)
  say(JSON.stringify(result))
  process.exitCode = result.ok ? 0 : 2
}
