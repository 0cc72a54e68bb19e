// `npm run verify`: everything that can be said of the code without running it; no engine. Runs all, then tells.
import { spawn } from 'node:child_process'

const checks = [
  ['types', 'tsc', ['-p', 'tsconfig.json']],
  ['lint', 'oxlint', ['--type-aware', 'packages', 'services', 'infra', 'test', 'models']],
  ['format', 'oxfmt', ['--check', 'packages', 'services', 'infra', 'test', 'models']],
  ['rooms', 'turbo', ['boundaries']],
  ['direction', 'depcruise', ['--config', '.dependency-cruiser.cjs', 'packages', 'services', 'infra', 'test']],
  ['dead code', 'knip', []],
  ['docs', 'node', ['test/check-docs.mjs']],
]

function run([name, command, args]) {
  return new Promise((resolve) => {
    const started = Date.now()
    const child = spawn(command, args, {
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', PATH: `node_modules/.bin:${process.env.PATH}` },
    })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.on('error', (error) => resolve({ name, ok: false, output: String(error), seconds: 0 }))
    child.on('close', (code) => resolve({ name, ok: code === 0, output, seconds: (Date.now() - started) / 1000 }))
  })
}

const results = []
// Two at a time: the type check is one long thread, the others are short.
const queue = [...checks]
await Promise.all(
  [1, 2].map(async () => {
    for (let check = queue.shift(); check !== undefined; check = queue.shift()) results.push(await run(check))
  }),
)
for (const { name, ok, output, seconds } of results) {
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)`)
  if (!ok) console.log(output)
}
const failed = results.filter((result) => !result.ok).length
console.log(`${results.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
