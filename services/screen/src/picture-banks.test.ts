import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testCardPath } from '@streamkeeper/inference'
import { readPictureFile } from '@streamkeeper/media'
import { hashPicture } from '@streamkeeper/picture-hash'
import { createLogger } from '@streamkeeper/runtime'
import { openPictureBanks } from './picture-banks.js'

const logger = createLogger({ name: 'screen', level: 'fatal' })
let folder: string
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'banks-'))))
afterEach(() => rm(folder, { recursive: true }))

test('the test card is always one, by the hash of its own picture', async () => {
  const { current } = await openPictureBanks([], logger)
  const [match] = current.bank.match(hashPicture(await readPictureFile(testCardPath)))
  expect(match).toMatchObject({ entry: { category: 'TEST_CARD', severity: 95 }, mirrored: false })
  expect(match?.distance).toBeLessThan(8)
}, 30_000)

test('a folder holds pictures, those in a folder named after a label have it; what is no picture is left out', async () => {
  await mkdir(join(folder, 'SEX_EXPLICIT'))
  await copyFile(testCardPath, join(folder, 'SEX_EXPLICIT', 'one.png'))
  await copyFile(testCardPath, join(folder, 'two.png'))
  await writeFile(join(folder, 'broken.png'), 'no picture')
  await writeFile(join(folder, 'notes.txt'), 'no picture')
  const { current } = await openPictureBanks([folder], logger)
  expect(current.bank.size).toBe(3)
  const found = current.bank.match(hashPicture(await readPictureFile(testCardPath)))
  expect(found.map(({ entry }) => entry.category).toSorted()).toEqual(['OTHER', 'SEX_EXPLICIT', 'TEST_CARD'])
}, 30_000)

test('a bank that changes is taken over once it stands still; one that is broken changes nothing', async () => {
  const file = join(folder, 'bank.csv')
  const hash = 'f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22'
  await writeFile(file, 'hash,category,severity,note\n')
  const banks = await openPictureBanks([file], logger)
  expect(banks.current.bank.size).toBe(1)
  await writeFile(file, `hash,category,severity,note\n${hash},GAMBLING,80,a poster\nno hash,GAMBLING,80,wrong\n`)
  await banks.refresh()
  await banks.refresh()
  expect(banks.current.bank.find(hash)).toMatchObject([{ entry: { category: 'GAMBLING', note: 'a poster' } }])
  await writeFile(file, 'broken')
  await banks.refresh()
  await banks.refresh()
  expect(banks.current.bank.size).toBe(2)
  await expect(openPictureBanks([join(folder, 'none')], logger)).rejects.toThrow('none')
}, 30_000)
