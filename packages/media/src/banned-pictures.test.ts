import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildBank, hashPicture, lowestQuality, type Bank } from '@streamkeeper/picture-hash'
import { repositoryRoot } from '@streamkeeper/testkit'
import sharp, { type Sharp } from 'sharp'
import { drawSvg } from '../test-support/draw-svg.js'
import { filmPath } from './film-path.js'

const [width, height] = [1280, 720]
const scenes = 24

interface Pixels {
  readonly width: number
  readonly height: number
  readonly rgb: Buffer
}
interface Named extends Pixels {
  readonly name: string
}

const open = ({ width, height, rgb }: Pixels): Sharp => sharp(rgb, { raw: { width, height, channels: 3 } })

async function read(image: Sharp): Promise<Pixels> {
  const { data, info } = await image
    .flatten()
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, rgb: data }
}

/** A frame each second of the film. */
function filmFrames(): Named[] {
  const filter = ['-vf', `fps=1,scale=${width}:${height}`, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-']
  const all = ffmpeg(['-i', fileURLToPath(filmPath), ...filter])
  return framesOf(all, width, height).map((frame, index) => ({ ...frame, name: `film ${index}` }))
}

function ffmpeg(words: string[], input?: Buffer): Buffer {
  return execFileSync('ffmpeg', ['-v', 'error', ...words], { input, maxBuffer: 2 ** 30 })
}

function framesOf(all: Buffer, width: number, height: number): Pixels[] {
  const size = width * height * 3
  return Array.from({ length: all.length / size }, (_, index) => ({
    width,
    height,
    rgb: all.subarray(index * size, (index + 1) * size),
  }))
}

/** Each different picture of at least 200 x 200 that lies in an installed package. */
async function installedPictures(): Promise<Named[]> {
  const root = join(repositoryRoot(), 'node_modules')
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) => !file.startsWith('@streamkeeper') && /\.(png|jpe?g)$/i.test(file),
  )
  const found = new Map<string, Named>()
  for (const file of files) {
    const { width, height } = await sharp(join(root, file))
      .metadata()
      // Packages hold broken pictures for tests of their own.
      .catch(() => ({ width: 0, height: 0 }))
    if (width < 200 || height < 200) continue
    const picture = await read(sharp(join(root, file)))
    found.set(hashPicture(picture).hash, { ...picture, name: file })
  }
  return [...found.values()]
}

async function drawnPictures(): Promise<Named[]> {
  const seeds = Array.from({ length: scenes }, (_, index) => index + 1)
  return Promise.all(
    seeds.map(async (seed) => ({ ...(await read(sharp(drawSvg(seed, width, height)))), name: `drawn ${seed}` })),
  )
}

/** JPEG of the highest quality that takes no more than a quarter of the bytes of quality 80. */
async function quarterJpeg(picture: Pixels): Promise<Pixels> {
  const most = (await jpeg(picture, 80)).length / 4
  for (const quality of [50, 35, 25, 15, 10, 5]) {
    const bytes = await jpeg(picture, quality)
    if (bytes.length <= most || quality === 5) return read(sharp(bytes))
  }
  throw new Error('unreachable')
}

const jpeg = (picture: Pixels, quality: number): Promise<Buffer> => open(picture).jpeg({ quality }).toBuffer()
const sent = async (image: Sharp): Promise<Pixels> => read(sharp(await image.jpeg({ quality: 80 }).toBuffer()))

function crop(share: number) {
  return async (picture: Pixels): Promise<Pixels> => {
    const [left, top] = [Math.round(picture.width * share), Math.round(picture.height * share)]
    const box = { left, top, width: picture.width - 2 * left, height: picture.height - 2 * top }
    return sent(open(picture).extract(box).resize(picture.width, picture.height, { fit: 'fill' }))
  }
}

/** A station's sign, 8 % as wide as the picture and so many times as high as wide, near the upper right corner. */
function withLogo(shape: number) {
  return async (picture: Pixels): Promise<Pixels> => {
    const [across, down] = [Math.round(picture.width * 0.08), Math.round(picture.width * 0.08 * shape)]
    const sign = `<svg width="${across}" height="${down}"><rect width="100%" height="100%" rx="9" fill="#e11"/><circle cx="50%" cy="50%" r="30%" fill="#fff"/></svg>`
    const place = {
      input: Buffer.from(sign),
      left: Math.round(picture.width * 0.91),
      top: Math.round(picture.height * 0.01),
    }
    return sent(open(picture).composite([place]))
  }
}

/** All as one stream of H.264, a picture a second (twice each), at a quarter of the bit rate that it wants (CRF 23). */
function quarterVideo(pictures: readonly Pixels[]): Pixels[] {
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-framerate', '2']
  const encode = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-g', '2', '-sc_threshold', '0']
  const input = Buffer.concat(pictures.flatMap(({ rgb }) => Array.from({ length: 2 }, () => rgb)))
  const good = ffmpeg([...raw, '-i', '-', ...encode, '-crf', '23', '-f', 'mpegts', '-'], input)
  const rate = Math.round((good.length * 8) / pictures.length / 4)
  const limits = ['-b:v', String(rate), '-maxrate', String(rate), '-bufsize', String(rate)]
  const poor = ffmpeg([...raw, '-i', '-', ...encode, ...limits, '-f', 'mpegts', '-'], input)
  const decoded = framesOf(ffmpeg(['-i', '-', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'], poor), width, height)
  return decoded.filter((_, index) => index % 2 === 0)
}

const bankOf = (pictures: readonly (readonly [name: string, Pixels])[]): Bank =>
  buildBank(
    pictures.map(([note, picture]) => ({
      hash: hashPicture(picture).hash,
      category: 'OTHER',
      severity: 50,
      note,
      source: 'test',
    })),
  )

const isFound = (bank: Bank, name: string, picture: Pixels): boolean =>
  bank.match(hashPicture(picture)).some(({ entry }) => entry.note === name)

describe('a banned picture in a stream', () => {
  let pictures: Named[] = []
  let bank: Bank
  beforeAll(async () => {
    const all = [...(await drawnPictures()), ...filmFrames(), ...(await installedPictures())]
    pictures = all.filter((picture) => hashPicture(picture).quality >= lowestQuality)
    process.stdout.write(
      `${pictures.length} of ${all.length} pictures are of use: ${all.length - pictures.length} too flat\n`,
    )
    expect(pictures.length).toBeGreaterThan(scenes)
    bank = bankOf(pictures.map((picture) => [picture.name, picture]))
  }, 600_000)

  async function recall(name: string, change: (picture: Pixels) => Promise<Pixels>, inBank = bank): Promise<number> {
    const found = []
    for (const picture of pictures) found.push(isFound(inBank, picture.name, await change(picture)))
    return say(name, found)
  }

  it.each([
    ['JPEG at a quarter of the bytes', quarterJpeg, 0.95],
    ['360p', (picture: Pixels) => sent(open(picture).resize(640, 360, { fit: 'fill' })), 0.95],
    ['a logo in the corner, 8 % wide, half as high', withLogo(0.5), 0.95],
    ['a square logo of 8 % in the corner', withLogo(1), 0.95],
    ['1 % cropped at each side', crop(0.01), 0.9],
    ['mirrored', (picture: Pixels) => sent(open(picture).flop()), 0.95],
    ['3 % cropped at each side', crop(0.03), 0.9],
  ])(
    'is found again: %s',
    async (name, change, least) => {
      expect(await recall(name, change)).toBeGreaterThanOrEqual(least)
    },
    600_000,
  )

  it('is found again: H.264 at a quarter of the bit rate', () => {
    const whole = pictures.filter((picture) => picture.width === width && picture.height === height)
    const found = quarterVideo(whole).map((picture, index) => isFound(bank, whole[index]?.name ?? '', picture))
    expect(found).toHaveLength(whole.length)
    expect(say('H.264 at a quarter of the bit rate', found)).toBeGreaterThanOrEqual(0.95)
  }, 600_000)

  it('is rarely found at a crop of 10 % a side, which is said and not held', async () => {
    const withCrops: [string, Pixels][] = []
    for (const picture of pictures) {
      withCrops.push([picture.name, picture])
      for (const share of [0.05, 0.09]) withCrops.push([picture.name, await crop(share)(picture)])
    }
    const several = bankOf(withCrops)
    const one = await recall('10 % cropped at each side', crop(0.1))
    const three = await recall('10 % cropped, three hashes an entry', crop(0.1), several)
    expect(three).toBeGreaterThanOrEqual(one)
  }, 600_000)

  it('is not taken for another one', () => {
    // Frames of the film are pictures of one scene.
    const different = pictures.filter(({ name }) => !name.startsWith('film') || name === 'film 0')
    for (const picture of different) {
      const others = bank.match(hashPicture(picture)).map(({ entry }) => entry.note)
      expect(others.filter((name) => !name.startsWith('film') && name !== picture.name)).toEqual([])
    }
  })
})

function say(name: string, found: readonly boolean[]): number {
  const hits = found.filter(Boolean).length
  process.stdout.write(`${name}: ${hits} of ${found.length}\n`)
  return hits / found.length
}
