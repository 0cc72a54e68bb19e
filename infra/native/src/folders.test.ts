import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addToCache, cacheFolder } from './add-to-cache.js'
import { findFreePorts, isFree } from './find-free-ports.js'
import { ensureState, readState, writeEngines } from './state.js'
import { withLock } from './with-lock.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'native-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the cache', () => {
  it('is the one that the user has named, else the usual one', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/there' })).toBe(join('/there', 'streamkeeper'))
    expect(cacheFolder({})).toMatch(/\.cache.streamkeeper$/)
  })

  it('fills once, whole, and keeps nothing of what failed', async () => {
    const failing = async (target: string): Promise<void> => {
      await writeFile(join(target, 'half'), '')
      throw new Error('no network')
    }
    await expect(addToCache(folder, 'jars', failing)).rejects.toThrow('no network')
    expect(await readdir(folder)).toEqual([])
    let fills = 0
    const fill = async (target: string): Promise<void> => {
      fills += 1
      await writeFile(join(target, 'whole'), '')
    }
    const both = await Promise.all([addToCache(folder, 'jars', fill), addToCache(folder, 'jars', fill)])
    expect(await readdir(folder)).toEqual(['jars'])
    expect(await readdir(both[0])).toEqual(['whole'])
    fills = 0
    await addToCache(folder, 'jars', fill)
    expect(fills).toBe(0)
  })
})

describe('the state of a data folder', () => {
  it('is made once and is private, as is what clients read', async () => {
    expect(await readState(folder)).toBeNull()
    const state = await ensureState(folder)
    expect(await ensureState(folder)).toEqual(state)
    const file = await writeEngines(folder, state, ['redis', 'postgres'])
    expect(Object.keys(JSON.parse(await readFile(file, 'utf8')) as object)).toEqual(['redis', 'postgres'])
    await writeEngines(folder, state, ['kafka'])
    expect(Object.keys(JSON.parse(await readFile(file, 'utf8')) as object)).toEqual(['kafka', 'redis', 'postgres'])
    for (const path of [file, join(folder, 'native', 'state.json')]) expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('is not replaced when it cannot be read', async () => {
    await mkdir(join(folder, 'native'))
    await writeFile(join(folder, 'native', 'state.json'), '{')
    await expect(ensureState(folder)).rejects.toThrow(/cannot be read/)
  })
})

it('ports are free, different and below the range of outgoing connections', async () => {
  const ports = await findFreePorts(20)
  expect(new Set(ports).size).toBe(20)
  for (const port of ports) expect(port).toBeLessThan(32_768)
  const [port = 0] = ports
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  expect(await isFree(port)).toBe(false)
  await new Promise((resolve) => server.close(resolve))
  expect(await isFree(port)).toBe(true)
})

it('a lock that a dead process holds is taken over', async () => {
  await mkdir(join(folder, 'native'))
  await writeFile(join(folder, 'native', 'lock'), '{"pid":4194304,"startedAt":"long ago"}')
  expect(await withLock(folder, async () => 'done')).toBe('done')
  expect(await readdir(join(folder, 'native'))).toEqual([])
})
