// Writes docs/configuration.md from what the built services say of themselves; `--check` says whether it is as it should be.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { listVariables } from '../dist/up/list-settings.js'
import { serviceNames } from '../dist/up/supervisor.js'

const page = fileURLToPath(new URL('../../../docs/configuration.md', import.meta.url))
const rows = listVariables().map(({ variable, description, secret, default: text, services }) => {
  const names = secret ? `\`${variable}\` or \`${variable}_FILE\`` : `\`${variable}\``
  const shown = text === null || text === '' ? '' : `\`${text}\``
  const who = services.length === serviceNames.length ? 'all' : services.join(', ')
  return `| ${names} | ${description.replaceAll('|', '\\|')} | ${shown} | ${who} |`
})
const text = `# Configuration

Environment variables only. A service whose variables are wrong does not start and names each of them at once. A secret may
stand in a file that \`…_FILE\` names; it is never printed. \`streamkeeper up\` sets the addresses of the engines that it starts
by itself, and in local mode keeps the log for a day and the spool for an hour. S3 credentials come by the usual AWS variables;
\`NODE_EXTRA_CA_CERTS\` names the certificates of a private authority for every engine.

Written by \`node packages/cli/scripts/write-configuration.mjs\` from the services' own schemas.

| variable | what it is | default | read by |
|---|---|---|---|
${rows.join('\n')}
`
if (process.argv.includes('--check')) {
  const isSame = existsSync(page) && readFileSync(page, 'utf8') === text
  if (!isSame)
    process.stderr.write(
      'docs/configuration.md is not what the services say: node packages/cli/scripts/write-configuration.mjs\n',
    )
  process.exitCode = isSame ? 0 : 1
} else writeFileSync(page, text)
