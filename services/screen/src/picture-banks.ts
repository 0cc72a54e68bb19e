import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { Label, type Versioned } from '@streamkeeper/contracts'
import { testCardBankPath } from '@streamkeeper/inference'
import { readPictureFile } from '@streamkeeper/media'
import {
  buildBankAside,
  hashPicture,
  lowestQuality,
  parseBankCsvAside,
  type Bank,
  type BankEntry,
} from '@streamkeeper/picture-hash'
import type { Logger } from '@streamkeeper/runtime'
import { openReloading, type Reloading } from './reloading.js'

/** All banned pictures as one search, and the identity that signals carry. */
export interface PictureBank {
  readonly bank: Bank
  readonly identity: Versioned
}

export type PictureBanks = Reloading<PictureBank>

/** What a picture in a folder is, unless the folder that it lies in is named after a label. */
const folderLabel: Label = 'OTHER'
const folderSeverity = 90
const pictureName = /\.(?:png|jpe?g|webp|gif|avif|tiff?)$/i

/** Reads banks: CSV files, and folders of pictures. The test card is always one. Throws when a bank cannot be read at all. */
export async function openPictureBanks(paths: readonly string[], logger: Logger): Promise<PictureBanks> {
  const all = [testCardBankPath, ...paths]
  return openReloading({ paths: all, load: () => load(all, logger), what: 'picture banks', logger })
}

async function load(paths: readonly string[], logger: Logger): Promise<PictureBank> {
  const entries: BankEntry[] = []
  for (const path of paths) {
    const isFolder = (await stat(path)).isDirectory()
    entries.push(...(await (isFolder ? readFolder(path, logger) : readCsv(path, logger))))
  }
  const digest = createHash('sha256')
  for (const { hash, category, severity } of entries) digest.update(`${hash} ${category} ${severity}\n`)
  const sha256 = digest.digest('hex')
  const bank = await buildBankAside(entries, () => turn())
  return { bank, identity: { name: 'picture-bank', version: sha256.slice(0, 12), sha256 } }
}

async function readCsv(path: string, logger: Logger): Promise<readonly BankEntry[]> {
  const { list, problems } = await parseBankCsvAside(await readFile(path, 'utf8'), basename(path, '.csv'), () => turn())
  for (const problem of problems) logger.warn({ file: path, ...problem }, 'a row of a picture bank is left out')
  return list.entries
}

/** Pictures right in the folder, and in folders that are named after labels. */
async function readFolder(folder: string, logger: Logger): Promise<readonly BankEntry[]> {
  const entries: BankEntry[] = []
  for (const item of await readdir(folder, { withFileTypes: true })) {
    const label = Label.safeParse(item.name).data
    if (item.isDirectory() && label !== undefined) {
      const inside = await readdir(join(folder, item.name))
      for (const name of inside)
        entries.push(...(await readPicture(join(folder, item.name, name), label, { folder, logger })))
    } else if (item.isFile())
      entries.push(...(await readPicture(join(folder, item.name), folderLabel, { folder, logger })))
  }
  return entries
}

/** One that cannot be read or shows nothing is named and left out. */
async function readPicture(
  path: string,
  category: Label,
  { folder, logger }: { readonly folder: string; readonly logger: Logger },
): Promise<BankEntry[]> {
  if (!pictureName.test(path)) return []
  try {
    const { hash, quality } = hashPicture(await readPictureFile(path))
    await turn()
    if (quality >= lowestQuality)
      return [{ hash, category, severity: folderSeverity, note: basename(path), source: basename(folder) }]
    logger.warn({ file: path, quality }, 'a picture of a bank shows too little to be told from others: it is left out')
  } catch (err) {
    logger.warn({ file: path, err }, 'a picture of a bank cannot be read: it is left out')
  }
  return []
}
