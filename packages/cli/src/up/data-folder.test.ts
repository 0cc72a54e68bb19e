import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { claimForEngines, forgetData, lockDataFolder } from './data-folder.js'

let data: string
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'data-folder-'))
})
afterEach(() => rm(data, { recursive: true, force: true }))

describe('the lock', () => {
  it('is held by one process, and free again when it is given back', async () => {
    const unlock = await lockDataFolder(data)
    await expect(lockDataFolder(data)).rejects.toThrow(`already (process ${process.pid})`)
    await unlock()
    await (
      await lockDataFolder(data)
    )()
    expect(await readdir(data)).toEqual([])
  })

  it.each([
    ['of a process that died', '{"pid":4194304,"startedAt":"long ago"}'],
    ['of an id that was handed out again', `{"pid":${process.pid},"startedAt":"before the last boot"}`],
    ['that is half written', '{"pid":'],
  ])('%s holds nothing', async (_, text) => {
    await writeFile(join(data, 'up.lock'), text)
    await (
      await lockDataFolder(data)
    )()
  })
})

it('a folder belongs to the engines that it was first used with', async () => {
  await claimForEngines(data, 'local')
  await claimForEngines(data, 'local')
  await expect(claimForEngines(data, 'native')).rejects.toThrow(/holds the data of --engines local.*--fresh/)
})

it('forgets what is ours, and nothing at all beside something that is not', async () => {
  for (const name of ['keys', 'native', 'objects']) await mkdir(join(data, name))
  await writeFile(join(data, 'diary.txt'), '')
  let forgotten = 0
  const forget = async (): Promise<void> => void (forgotten += 1)
  await expect(forgetData(data, forget)).rejects.toThrow('diary.txt')
  expect([forgotten, (await readdir(data)).length]).toEqual([0, 4])
  await rm(join(data, 'diary.txt'))
  await forgetData(data, forget)
  expect([forgotten, await readdir(data)]).toEqual([1, []])
})
