import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { modelDir } from '@streamkeeper/inference'
import { createLogger } from '@streamkeeper/runtime'
import { until } from '@streamkeeper/testkit'
import { openModels, type Models } from './models.js'

const logger = createLogger({ name: 'screen', level: 'fatal' })
const picture = { streamTimeMs: 0, width: 64, height: 64, rgb: Buffer.alloc(64 * 64 * 3, 100) }
let folder: string
let models: Models | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'models-'))
  for (const name of ['one', 'two']) await cp(modelDir('nsfw'), join(folder, name), { recursive: true })
})
afterEach(async () => {
  await models?.close()
  models = undefined
  await rm(folder, { recursive: true })
})

const open = async (wanted: { name: string; shadow: boolean }[]): Promise<Models> =>
  (models = await openModels({ wanted, folder, processes: 1, queueLimit: 8, logger }))

async function edit(name: string, change: (text: string) => string): Promise<void> {
  const path = join(folder, name, 'manifest.json')
  await writeFile(path, change(await readFile(path, 'utf8')))
}
const isGone = (pid: number): boolean => {
  try {
    return !process.kill(pid, 0)
  } catch {
    // No such process: that is what is asked.
    return true
  }
}

test('a folder is all that it takes; a new version stands before the old one goes, and no picture fails', async () => {
  const opened = await open([{ name: 'one', shadow: false }])
  const [before] = opened.current
  const pids = before?.classifier.stats().pids ?? []
  await edit('one', (text) => text.replace('"version": "4.2.1"', '"version": "5.0.0"'))
  await opened.refresh()
  const looking = before?.classifier.classify(picture)
  await opened.refresh()
  expect(opened.current[0]?.classifier.model.version).toBe('5.0.0')
  expect(await looking).toMatchObject({ outcome: 'scored' })
  expect(await opened.current[0]?.classifier.classify(picture)).toMatchObject({ outcome: 'scored' })
  await until(() => pids.every(isGone), { what: 'the old process is gone', withinMs: 20_000 })
}, 60_000)

test('a new version that is refused changes nothing', async () => {
  const opened = await open([{ name: 'one', shadow: false }])
  await edit('one', (text) => text.replace(/"sha256": "./, '"sha256": "0'))
  await opened.refresh()
  await opened.refresh()
  expect(await opened.current[0]?.classifier.classify(picture)).toMatchObject({ outcome: 'scored' })
}, 60_000)

test('a shadow that is refused is left out; one that is none is refused with all others', async () => {
  await edit('two', (text) => text.replace(/"sha256": "./, '"sha256": "0'))
  const opened = await open([
    { name: 'one', shadow: false },
    { name: 'two', shadow: true },
  ])
  expect(opened.current.map(({ shadow }) => shadow)).toEqual([false])
  const wanted = ['one', 'two'].map((name) => ({ name, shadow: false }))
  await expect(openModels({ wanted, folder, processes: 1, queueLimit: 8, logger })).rejects.toThrow('sha256')
}, 60_000)
