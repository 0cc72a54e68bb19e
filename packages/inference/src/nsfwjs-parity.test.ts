import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClassifier, modelDir, testCardPath, type Picture } from './index.js'
import { ensureBuilt } from '../test-support/ensure-built.js'
import { pictureOfGrid } from '../test-support/noise.mjs'
import { renderPicture } from '../test-support/render-picture.js'

const room = join(import.meta.dirname, '..')
const hd = { width: 1280, height: 720 }
const film = (name: string) => ['-i', join(room, 'test-data', name)]
const generated = (filter: string) => ['-f', 'lavfi', '-i', filter]

/** Film, generated pictures and the test card, in sizes above, at and below the model's, and of odd shapes. */
function renderAll(): Picture[] {
  return [
    renderPicture(film('film-0-5.jpg'), { width: 640, height: 360 }),
    renderPicture(film('film-1-8.jpg'), hd),
    renderPicture(film('film-3-1.jpg'), { width: 224, height: 224 }),
    renderPicture(film('film-4-5.jpg'), { width: 360, height: 640 }),
    renderPicture(generated('testsrc2=size=1280x720'), hd),
    renderPicture(generated('mandelbrot=size=640x480'), { width: 640, height: 480 }),
    renderPicture(generated('smptehdbars=size=1280x720'), { width: 426, height: 240 }),
    renderPicture(generated('gradients=size=320x240:seed=7'), { width: 100, height: 300 }),
    renderPicture(generated('cellauto=size=320x240:seed=7'), { width: 321, height: 241 }),
    renderPicture(generated('color=0xC08060:size=64x64'), { width: 64, height: 64 }),
    renderPicture(generated('rgbtestsrc=size=640x360'), { width: 17, height: 9 }),
    renderPicture(['-i', testCardPath], hd),
  ]
}

/** Pictures that lie in installed packages and in this repository. */
function findPictures(): string[] {
  const root = join(room, '../..')
  const places = ['node_modules', 'docs/screens', 'test/platform/pictures', 'packages/inference/test-data']
  return places
    .map((place) => join(root, place))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(png|jpe?g)$/i.test(file))
        .map((file) => join(folder, file)),
    )
}

/** The side of the model's input: a picture of this size is the same tensor for both. */
const side = 224

function topOf(scores: Record<string, number>): { readonly label: string; readonly margin: number } {
  const [[label, first] = ['', 0], [, second] = ['', 0]] = Object.entries(scores).sort(([, a], [, b]) => b - a)
  return { label, margin: first - second }
}

function askNsfwjs(pictures: Picture[]): Record<string, number>[] {
  const dir = mkdtempSync(join(tmpdir(), 'streamkeeper-parity-'))
  const lines = pictures.map(({ width, height, rgb }, index) => {
    const file = join(dir, `${index}.rgb`)
    writeFileSync(file, rgb)
    return JSON.stringify({ width, height, file })
  })
  const input = lines.join('\n')
  // Without the options of jest's own process.
  const env = { NODE_OPTIONS: '' }
  const answer = execFileSync(process.execPath, [join(room, 'test-support/nsfwjs-reference.mjs')], { input, env })
  return JSON.parse(answer.toString().split('\n').at(-1) ?? '') as Record<string, number>[]
}

type Scores = Record<string, number>
interface Named {
  readonly name: string
  readonly picture: Picture
}
interface Noise {
  readonly label: string
  readonly seed: number
  readonly grid: string
}

let rendered: Picture[]
let found: Named[]
let noise: (Noise & Named)[]
/** What nsfwjs says of them: it is asked once, since it takes seconds to start. */
let theirs: { readonly rendered: Scores[]; readonly found: Scores[]; readonly noise: Scores[] }

beforeAll(ensureBuilt, 60_000)
beforeAll(() => {
  rendered = renderAll()
  found = findPictures().map((file) => ({
    name: file,
    picture: renderPicture(['-i', file], { width: side, height: side }),
  }))
  const grids = JSON.parse(readFileSync(join(room, 'test-data', 'noise.json'), 'utf8')) as Noise[]
  noise = grids.map((one) => ({
    ...one,
    name: `${one.label} ${one.seed}`,
    picture: pictureOfGrid(Buffer.from(one.grid, 'base64')),
  }))
  const all = askNsfwjs([...rendered, ...[...found, ...noise].map(({ picture }) => picture)])
  const behind = rendered.length + found.length
  theirs = {
    rendered: all.slice(0, rendered.length),
    found: all.slice(rendered.length, behind),
    noise: all.slice(behind),
  }
}, 180_000)

test('scores are those of nsfwjs itself, from the same pictures, and none of these harmless ones reaches the review threshold', async () => {
  const expected = theirs.rendered
  expect(expected).toHaveLength(rendered.length)
  const classifier = await createClassifier({ manifestDir: modelDir('nsfw'), deadlineMs: 60_000 })
  const { thresholds } = classifier.manifest
  let largest = 0
  try {
    for (const [index, picture] of rendered.entries()) {
      const result = await classifier.classify(picture)
      if (result.outcome !== 'scored') throw new Error(`picture ${index}: ${result.detail}`)
      expect(Object.keys(result.scores).sort()).toEqual(Object.keys(expected[index] ?? {}).sort())
      for (const [raw, score] of Object.entries(result.scores)) {
        largest = Math.max(largest, Math.abs(score - (expected[index]?.[raw] ?? Number.NaN)))
      }
      const raised = result.labels.filter(({ label, score }) => score >= (thresholds[label]?.review ?? 0))
      expect(raised).toEqual([])
    }
  } finally {
    await classifier.close()
  }
  expect(largest).toBeLessThanOrEqual(1e-4)
}, 120_000)

interface Compared {
  readonly name: string
  readonly ours: Record<string, number>
  readonly theirs: Record<string, number>
}

/** Both models on the same tensors. */
async function compare(pictures: readonly Named[], expected: readonly Scores[]): Promise<Compared[]> {
  expect(expected).toHaveLength(pictures.length)
  const classifier = await createClassifier({ manifestDir: modelDir('nsfw'), deadlineMs: 60_000 })
  const compared: Compared[] = []
  try {
    for (const [at, { name, picture }] of pictures.entries()) {
      const result = await classifier.classify(picture)
      if (result.outcome !== 'scored') throw new Error(`${name}: ${result.detail}`)
      compared.push({ name, ours: result.scores, theirs: expected[at] ?? {} })
    }
  } finally {
    await classifier.close()
  }
  return compared
}

/** Where the two differ by more than 0.01, or in the top label although it stands clear of the next. */
function findDifferences(compared: readonly Compared[]): string[] {
  return compared.flatMap(({ name, ours, theirs }) => {
    const difference = Math.max(...Object.entries(ours).map(([raw, score]) => Math.abs(score - (theirs[raw] ?? 9))))
    const top = topOf(theirs)
    const isOther = top.margin > 0.02 && topOf(ours).label !== top.label
    return [
      ...(difference > 0.01 ? [`${name}: scores differ by ${difference}`] : []),
      ...(isOther ? [`${name}: not ${top.label}`] : []),
    ]
  })
}

test('the same tensors of 50 and more harmless pictures get the same scores and the same top label', async () => {
  expect(found.length).toBeGreaterThanOrEqual(50)
  expect(findDifferences(await compare(found, theirs.found))).toEqual([])
}, 180_000)

test('noise that nobody would call a picture, climbed until each label is on top three times, gets the same scores', async () => {
  const compared = await compare(noise, theirs.noise)
  expect(findDifferences(compared)).toEqual([])
  const tops = compared.map((one) => topOf(one.theirs))
  expect(tops.map(({ label }) => label)).toEqual(noise.map(({ label }) => label))
  expect(Math.min(...tops.map(({ margin }) => margin))).toBeGreaterThan(0.05)
  for (const label of ['Drawing', 'Hentai', 'Neutral', 'Porn', 'Sexy'])
    expect(noise.filter((one) => one.label === label)).toHaveLength(3)
}, 180_000)
