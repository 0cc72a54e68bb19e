// Docs name only paths and npm scripts that exist. Fails when it sees too little to be believed.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const pages = execFileSync('git', ['ls-files', '*.md'], { encoding: 'utf8' }).split('\n').filter(Boolean)
const rooms = /^(?:services|packages|infra|models|test|docs|\.ci)\/[\w./@-]*[\w/]$/
const scripts = JSON.parse(readFileSync('package.json', 'utf8')).scripts
const problems = []
let seen = 0

function checkPath(page, path) {
  seen += 1
  if (!existsSync(path) && !existsSync(join(dirname(page), path))) problems.push(`${page}: ${path} does not exist`)
}

function checkScript(page, code) {
  const script = /^npm run ([\w:-]+)/.exec(code)
  if (script === null || code.includes('-w ')) return
  seen += 1
  if (!(script[1] in scripts)) problems.push(`${page}: npm run ${script[1]} does not exist`)
}

for (const page of pages) {
  const text = readFileSync(page, 'utf8')
  for (const [, code] of text.matchAll(/`([^`\n]+)`/g)) {
    checkScript(page, code)
    if (rooms.test(code)) checkPath(page, code)
  }
  for (const [, target] of text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)) checkPath(page, target)
}
if (seen < 10) problems.push(`only ${seen} references seen: this check sees nothing`)
for (const problem of problems) console.log(problem)
console.log(`${seen} references in ${pages.length} pages, ${problems.length} wrong`)
process.exitCode = problems.length === 0 ? 0 : 1
