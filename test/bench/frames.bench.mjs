// Streams a core: 720p30 H.264, a picture each 2 s through decoder, sandbox, resize and the NSFW model, as CPU of all processes that
// take part. Floor, in the same run: the same ffmpeg by itself without a sandbox, its pictures thrown away, and the bare model.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClassifier, modelDir } from '@streamkeeper/inference'
import { createLiveDecoder, createSandbox, cutSegments, filmPath, releasePicture } from '@streamkeeper/media'
import { cpuOf } from './processes.mjs'

const seconds = 60
const rounds = 3
const segmentMs = 2_000
const goal = 0.85
const root = resolve(import.meta.dirname, '../..')

export async function run(say) {
  const folder = mkdtempSync(join(tmpdir(), 'streamkeeper-bench-'))
  try {
    const film = join(folder, 'film.mp4')
    ffmpeg('-stream_loop', '-1', '-i', fileURLToPath(filmPath), '-t', seconds, '-r', 30, '-s', '1280x720', '-an', film)
    const segments = await cutSegments(film, join(folder, 'segments'), { segmentMs })
    say('the product')
    const ours = await measureOurs(segments)
    say('the floor')
    const floor = { decode: bareDecode(folder, segments), model: bareModel() }
    return report(ours, floor, segments.length)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** CPU milliseconds a stream-second, by part. */
async function measureOurs(segments) {
  const decoder = createLiveDecoder({ streamId: 'bench', mediaType: 'video/mp2t', sandbox: createSandbox() })
  const classifier = await createClassifier({ manifestDir: modelDir('nsfw') })
  const all = segments.map((segment) => ({ ...segment, bytes: readFileSync(segment.path), discontinuity: false }))
  const look = async (segment) => {
    const decoded = await decoder.feed(segment)
    if (decoded.outcome !== 'decoded') throw new Error(decoded.detail)
    const { outcome } = await classifier.classify(decoded.pictures[0])
    if (outcome !== 'scored') throw new Error(`segment ${segment.sequence}: ${outcome}`)
    // As the media lane does when everybody has answered.
    for (const picture of decoded.pictures) releasePicture(picture)
  }
  try {
    // Warm: both have been started and have compiled what they run, which takes Node some dozens of pictures.
    for (const segment of all) await look(segment)
    const use = () => ({ own: ownCpu(), decoder: cpuOf(decoder.pids), model: cpuOf(classifier.stats().pids) })
    const before = use()
    let fed = 0
    for (let round = 0; round < rounds; round += 1)
      for (const segment of all) {
        fed += 1
        const sequence = all.length - 1 + fed
        await look({ ...segment, sequence, streamTimeMs: sequence * segmentMs, discontinuity: segment === all[0] })
      }
    const after = use()
    const streamSeconds = (fed * segmentMs) / 1_000
    return Object.fromEntries(Object.keys(after).map((part) => [part, (after[part] - before[part]) / streamSeconds]))
  } finally {
    await classifier.close()
    await decoder.close()
  }
}

function ownCpu() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

/** The keyframe of each segment, at the size that the product uses, from one process that lives as long as the stream. */
function bareDecode(folder, segments) {
  const input = Buffer.concat(segments.map(({ path }) => readFileSync(path)))
  const words = ['-benchmark', '-skip_frame', 'nokey', '-threads', '1', '-f', 'mpegts', '-i', 'pipe:0', '-an']
  const output = [
    '-vf',
    'format=rgb24',
    '-fps_mode',
    'passthrough',
    '-threads:v',
    '1',
    '-f',
    'rawvideo',
    '-y',
    '/dev/null',
  ]
  let cpuMs = 0
  for (let round = 0; round < rounds; round += 1) {
    const { stderr } = spawnSync('ffmpeg', [...words, ...output], { input, cwd: folder, encoding: 'utf8' })
    const [, user, system] = /utime=([\d.]+)s stime=([\d.]+)s/.exec(stderr) ?? []
    cpuMs += (Number(user) + Number(system)) * 1_000
  }
  return cpuMs / ((rounds * segments.length * segmentMs) / 1_000)
}

/** A picture each 2 s. */
function bareModel() {
  const script = join(root, 'packages/inference/test-support/bare-run.mjs')
  const { file, input } = JSON.parse(readFileSync(join(root, 'models/nsfw/manifest.json'), 'utf8'))
  const words = [script, join(root, 'models/nsfw', file), '200', ...input.shape.map(String)]
  const { stdout, stderr, status } = spawnSync(process.execPath, words, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return Number(stdout) / (segmentMs / 1_000)
}

function ffmpeg(...words) {
  const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', ...words.map(String)], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
}

function report(ours, floor, segments) {
  const sum = (parts) => Object.values(parts).reduce((all, part) => all + part, 0)
  const streams = (parts) => Number((1_000 / sum(parts)).toFixed(1))
  const ratio = Number((sum(floor) / sum(ours)).toFixed(3))
  const rounded = (parts) =>
    Object.fromEntries(Object.entries(parts).map(([name, ms]) => [name, Number(ms.toFixed(2))]))
  return {
    figure: streams(ours),
    unit: 'streams a core, 720p30, a picture each 2 s, NSFW',
    reference: { name: 'bare ffmpeg and bare ONNX', figure: streams(floor) },
    ratio,
    goal,
    ok: ratio >= goal,
    cpuMsAStreamSecond: { ours: rounded(ours), floor: rounded(floor) },
    pictures: segments * rounds,
  }
}
