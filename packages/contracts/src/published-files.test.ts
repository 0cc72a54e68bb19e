import { readdirSync, readFileSync } from 'node:fs'
import { errorCodes, publishedFiles } from './index.js'

const root = new URL('../../../', import.meta.url)

describe('generated files', () => {
  const files = publishedFiles()
  it.each(Object.keys(files))('%s is current (npm run publish-contract)', (path) => {
    expect(readFileSync(new URL(path, root), 'utf8')).toBe(files[path])
  })
  it.each(['docs/events', 'docs/schemas'])('%s holds nothing else', (folder) => {
    const found = readdirSync(new URL(folder, root)).map((name) => `${folder}/${name}`)
    expect(found.filter((path) => !(path in files))).toEqual([])
  })
  it('docs/errors.md and the list of codes are equal', () => {
    const page = readFileSync(new URL('docs/errors.md', root), 'utf8')
    expect([...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1])).toEqual(Object.keys(errorCodes))
  })
})
