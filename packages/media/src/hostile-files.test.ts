import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readFileSegments } from './file-segments.js'
import { createLiveDecoder } from './live-decoder.js'
import { MediaFileError } from './media-file.js'
import { createSandbox, type Sandbox } from './sandbox.js'
import type { Picture } from './segment.js'
import { bombs } from '../test-support/hostile/bombs.js'
import { damages } from '../test-support/hostile/damage.js'
import { disguises } from '../test-support/hostile/disguises.js'
import { hidden } from '../test-support/hostile/hidden.js'
import type { HostileInput, Materials } from '../test-support/hostile/input.js'
import { makeMaterials, openHoney, showsCanary, type Honey } from '../test-support/hostile/materials.js'
import { references } from '../test-support/hostile/references.js'
import { makeFolder } from '../test-support/make-segments.js'

const mark = `canary-${randomBytes(8).toString('hex')}`
const deadlineMs = 20_000
let honey: Honey
let materials: Materials
let folder: string
beforeAll(async () => {
  honey = await openHoney()
  folder = await makeFolder()
  materials = await makeMaterials(mark, honey.url)
}, 60_000)
afterAll(() => honey.close())

/** What comes of a file: its pictures, and the words of a refusal. */
async function scan(
  { bytes, mediaType }: HostileInput,
  path: string,
  sandbox: Sandbox,
): Promise<{ pictures: Picture[]; said: string }> {
  await writeFile(path, bytes)
  const decoder = createLiveDecoder({ streamId: 'a', mediaType: 'video/mp4', sandbox })
  const pictures: Picture[] = []
  let said = ''
  try {
    for await (const segment of readFileSegments(path, { sandbox, mediaType, size: bytes.length })) {
      const decoded = await decoder.feed(segment)
      if (decoded.outcome === 'decoded') pictures.push(...decoded.pictures)
      else said += decoded.detail
    }
  } catch (error) {
    if (!(error instanceof MediaFileError)) throw error
    said += error.message
  }
  await decoder.close()
  return { pictures, said }
}

const lanes = 4

async function withstand(inputs: readonly HostileInput[], sandbox: Sandbox): Promise<void> {
  const left = [...inputs]
  const lane = async (at: number): Promise<void> => {
    for (let input = left.shift(); input !== undefined; input = left.shift()) {
      const name = `${input.family}: ${input.name} as ${input.mediaType}`
      const began = performance.now()
      const { pictures, said } = await scan(input, join(folder, `input-${at}`), sandbox)
      if (input.neverPicture) expect([name, pictures.length]).toEqual([name, 0])
      expect([name, pictures.some(({ rgb }) => showsCanary(rgb, mark))]).toEqual([name, false])
      expect([name, said.includes(mark)]).toEqual([name, false])
      expect([name, performance.now() - began < deadlineMs]).toEqual([name, true])
    }
  }
  await Promise.all(Array.from({ length: lanes }, (_, at) => lane(at)))
  expect(honey.visits()).toBe(0)
}

test('of hostile files nothing gets out, and each is answered in time', async () => {
  // Damage goes on to the decoder, which has its own test: every fourth is enough here.
  const damaged = damages(materials, 1).filter((_, at) => at % 4 === 0)
  const named = [...disguises(materials), ...references(materials), ...(await bombs(materials)), ...hidden(materials)]
  await withstand([...named, ...damaged], createSandbox())
}, 600_000)

test('what names a file or an address opens neither without walls too', async () => {
  const risky = createSandbox({ unsandboxed: 'i-accept-the-risk' })
  await withstand([...disguises(materials), ...references(materials)], risky)
}, 600_000)
