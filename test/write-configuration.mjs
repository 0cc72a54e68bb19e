// Writes docs/configuration.md from what the built services say of themselves; `--check` says whether it is as it should be.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const page = join(root, 'docs/configuration.md')
const found = new Map()
for (const name of ['ingest', 'screen', 'escalate', 'archive', 'console']) {
  const main = join(root, 'services', name, 'dist/main.js')
  const { settings } = JSON.parse(execFileSync(process.execPath, [main, '--settings'], { encoding: 'utf8' }))
  for (const setting of settings)
    found.set(setting.variable, { ...setting, services: [...(found.get(setting.variable)?.services ?? []), name] })
}
const rows = [...found.values()]
  .sort((a, b) => a.variable.localeCompare(b.variable, 'en'))
  .map(({ variable, description, secret, default: text, services }) => {
    const names = secret ? `\`${variable}\` or \`${variable}_FILE\`` : `\`${variable}\``
    const shown = text === null || text === '' ? '' : `\`${text}\``
    const who = services.length === 5 ? 'all' : services.join(', ')
    return `| ${names} | ${description.replaceAll('|', '\\|')} | ${shown} | ${who} |`
  })
const text = `# Configuration

Environment variables only. A service whose variables are wrong does not start and names each of them at once. A secret may
stand in a file that \`…_FILE\` names; it is never printed. \`streamkeeper up\` sets the addresses of the engines that it starts
by itself, and in local mode keeps the log for a day and the spool for an hour. S3 credentials come by the usual AWS variables;
\`NODE_EXTRA_CA_CERTS\` names the certificates of a private authority for every engine.

Written by \`node test/write-configuration.mjs\` from the services' own schemas.

| variable | what it is | default | read by |
|---|---|---|---|
${rows.join('\n')}
`
if (process.argv.includes('--check')) {
  const isSame = existsSync(page) && readFileSync(page, 'utf8') === text
  if (!isSame)
    process.stderr.write('docs/configuration.md is not what the services say: node test/write-configuration.mjs\n')
  process.exitCode = isSame ? 0 : 1
} else writeFileSync(page, text)
