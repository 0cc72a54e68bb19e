import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  descendantsIn,
  findDescendants,
  identify,
  isAlive,
  isUncollected,
  parseIdentity,
  parseStat,
  readLive,
  writeIdentity,
} from './process-identity.js'
import { waitUntil } from './wait-until.js'

const fields = (state: string) => `${state} 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20 21`

describe('the status of a process', () => {
  it.each(['java', 'a b', ') Z 1 (', ''])('gives the start time whatever the name: %j', (name) => {
    expect(parseStat(`12 (${name}) ${fields('S')}`)).toBe('4711')
  })

  it('knows the dead that nobody has collected', () => {
    expect(parseStat(`12 (java) ${fields('Z')}`)).toBeNull()
  })

  it('refuses what is none', () => {
    expect(() => parseStat('12 (java) S 1')).toThrow(/not a process status/)
  })
})

describe('a pid file', () => {
  let folder: string
  let file: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pid-'))
    file = join(folder, 'x.pid')
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('leads back to the process that runs', async () => {
    const me = await identify(process.pid)
    await writeIdentity(file, me)
    expect(await readLive(file)).toEqual(me)
  }, 30_000)

  it('leads to nobody when the id was handed out again, and goes', async () => {
    await writeIdentity(file, { pid: process.pid, startedAt: 'earlier' })
    expect(await readLive(file)).toBeNull()
    await expect(readFile(file)).rejects.toThrow(/ENOENT/)
  })

  it.each([
    '',
    '4711',
    '{"pid":0,"startedAt":"1"}',
    '{"pid":1,"startedAt":"1"}',
    '{"pid":-5,"startedAt":"1"}',
    '{"pid":77}',
  ])('that says %j names nobody', async (text) => {
    expect(parseIdentity(text)).toBeNull()
    await writeFile(file, text)
    expect(await readLive(file)).toBeNull()
  })
})

it('a process that has ended is no longer alive', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  const gone = new Promise((resolve) => child.once('exit', resolve))
  const identity = await identify(child.pid ?? 0)
  expect(await isAlive(identity)).toBe(true)
  expect(await findDescendants(process.pid)).toContain(identity.pid)
  child.kill('SIGKILL')
  await gone
  expect(await isAlive(identity)).toBe(false)
}, 30_000)

it('a dead child that its parent does not collect is neither alive nor gone', async () => {
  // The shell starts a child and becomes a program that never asks for it.
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
  const pid = await new Promise<number>((resolve) =>
    parent.stdout.once('data', (line: Buffer) => resolve(Number(line.toString()))),
  )
  await waitUntil(async () => {
    if (!(await isUncollected(pid))) throw new Error('still alive')
  }, 5000)
  expect(await isUncollected(process.pid)).toBe(false)
  parent.kill('SIGKILL')
  await waitUntil(async () => {
    if (await isUncollected(pid)) throw new Error('still there')
  }, 30_000)
}, 40_000)

it('descendants are found at every depth, in any order, and nobody else', () => {
  expect(new Set(descendantsIn(' 5 4\n 4 3\n 3 1\n 9 1\n', 3))).toEqual(new Set([4, 5]))
  expect(descendantsIn(' 5 4\n', 3)).toEqual([])
})
