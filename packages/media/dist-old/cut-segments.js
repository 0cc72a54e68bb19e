import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspectTransportStream } from './inspect-transport-stream.js'
import { fileGuards, MediaFileError, openCommand, runCommand, toFileInput } from './media-file.js'
import { probeFile } from './probe-file.js'
const TICKS_PER_MS = 90
/**
 * Encodes a file of the operator's own into MPEG-TS segments that each start with a keyframe (H.264 High, yuv420p, closed GOP,
 * AAC when it has sound), in an empty folder that is made. Times are measured, and the durations add up. Throws MediaFileError.
 */ export async function cutSegments(file, folder, options = {}) {
  const { segmentMs = 2000, onProgress } = options
  const input = await toFileInput(file)
  const { durationMs: totalMs, video } = await probeFile(file)
  if (video === undefined) throw new MediaFileError('MEDIA_FILE_NO_VIDEO', `${file}: no picture in it`)
  await mkdir(folder, {
    recursive: true,
  })
  const command = openCommand()
    .input(input)
    .inputOptions([...fileGuards])
    .outputOptions(encoderWords(segmentMs / 1000))
    .output(join(folder, 'segment-%06d.ts'))
  await runCommand(command, ({ doneMs }) =>
    onProgress?.({
      doneMs,
      totalMs,
    }),
  )
  const names = (await readdir(folder)).filter((name) => /^segment-\d{6}\.ts$/.test(name)).sort()
  return measure(await Promise.all(names.map((name) => readSegment(join(folder, name)))))
}
function encoderWords(seconds) {
  return [
    '-map',
    '0:v:0',
    '-map',
    '0:a:0?',
    '-sn',
    '-dn',
    '-map_metadata',
    '-1',
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-profile:v',
    'high',
    '-pix_fmt',
    'yuv420p',
    '-vf',
    'scale=trunc(iw/2)*2:trunc(ih/2)*2',
    // Without B pictures a decoder gives each keyframe at once; it would hold it back for as many keyframes as they reorder.
    '-bf',
    '0',
    '-flags',
    '+cgop',
    '-sc_threshold',
    '0',
    '-g',
    '9999',
    '-force_key_frames',
    `expr:gte(t,n_forced*${seconds})`,
    '-c:a',
    'aac',
    '-b:a',
    '128k',
    '-ac',
    '2',
    '-f',
    'segment',
    '-segment_format',
    'mpegts',
    '-segment_time',
    String(seconds),
    // A cut falls on the forced keyframe though that comes a rounding error early.
    '-segment_time_delta',
    '0.02',
  ]
}
async function readSegment(path) {
  const bytes = await readFile(path)
  const { times } = inspectTransportStream(bytes)
  return {
    path,
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    times,
  }
}
function measure(found) {
  const seen = found.filter(({ times }) => times.length > 0)
  const origin = firstOf(seen[0])
  const starts = seen.map((one) => toMs(firstOf(one) - origin))
  const last = seen.at(-1)
  if (last !== undefined) starts.push(toMs(endOf(last) - origin))
  return seen.map(({ path, size, sha256 }, sequence) => {
    const streamTimeMs = starts[sequence] ?? 0
    const durationMs = (starts[sequence + 1] ?? 0) - streamTimeMs
    return {
      path,
      sequence,
      streamTimeMs,
      durationMs,
      mediaType: 'video/mp2t',
      size,
      sha256,
    }
  })
}
function firstOf(found) {
  return found?.times[0] ?? 0
}
/** The last picture stays as long as the ones before it on average. */ function endOf({ times }) {
  const first = Math.min(...times)
  const last = Math.max(...times)
  const pictureTicks = times.length > 1 ? (last - first) / (times.length - 1) : TICKS_PER_MS * 40
  return last + pictureTicks
}
function toMs(ticks) {
  return Math.round(ticks / TICKS_PER_MS)
}

//# sourceMappingURL=cut-segments.js.map
