import type { MediaType } from './segment.js'

/** Pictures leave the decoder at most this large; smaller ones stay as they are. */
export const LARGEST_WIDTH = 1280
export const LARGEST_HEIGHT = 720

/** 4096x2160: a picture of 16000x16000 is refused at 52 MB of memory. */
const MAX_PIXELS = 8_847_360

/** The one demuxer that a container is given to. */
export const DEMUXERS: Readonly<Record<MediaType, string>> = {
  'video/mp2t': 'mpegts',
  'video/mp4': 'mov',
  'video/x-matroska': 'matroska',
}

/** Lists of edits hide pictures, and tracks that are named as another's chapters would not count as tracks. */
export const WHOLE_TRACKS = '-ignore_editlist 1 -ignore_chapters 1'

/** What a decoder dies of when there is a second picture track (covers are none): it would show the first only. */
export const SECOND_TRACK_CODEC = 'several-picture-tracks'
export const REFUSE_SECOND_TRACK = `-map 0:V:1? -c:v:1 ${SECOND_TRACK_CODEC}`

export interface DecoderArgumentsOptions {
  readonly mediaType: MediaType
  /** The segments were read before: their times are needed as they stand there. */
  readonly inspected: boolean
  /** They come as MP4 of our own. */
  readonly rewritten: boolean
  /** Decodes every picture and gives one each so many milliseconds of the media's own clock; absent: gives each keyframe. */
  readonly wholeEachMs?: number
  /** Stops after this many pictures; only for a process that runs one segment. */
  readonly maxPictures?: number
}

/**
 * The words of a decoder: media on stdin, pictures as PPM on stdout (the size stands in front of each, so that it may change),
 * the PTS of each as text on file descriptor 3. A full decode says there the PTS of those too that are not given.
 */
export function decoderArguments(options: DecoderArgumentsOptions): string[] {
  const { mediaType, inspected, rewritten, maxPictures, wholeEachMs } = options
  const demuxer = rewritten ? DEMUXERS['video/mp4'] : DEMUXERS[mediaType]
  return [
    '-v error -nostdin -threads 1',
    wholeEachMs === undefined ? keyframesOnly(mediaType) : '',
    // Small, but not 0: with 0, and with -fflags nobuffer, the first keyframes are lost.
    '-analyzeduration 500000 -probesize 200000',
    // Else a demuxer waits for more pictures to count their rate.
    rewritten ? '-fpsprobesize 0' : '',
    // What was read keeps its own clock; the others are counted from their start.
    inspected ? '-copyts' : '',
    `-protocol_whitelist pipe -format_whitelist ${demuxer} -max_pixels ${MAX_PIXELS}`,
    demuxer === DEMUXERS['video/mp4'] ? WHOLE_TRACKS : '',
    `-f ${demuxer} -i pipe:0 -map 0:V:0 -an -sn -dn -map_metadata -1`,
    // What was read before is known to have one track.
    inspected ? '' : REFUSE_SECOND_TRACK,
    // Anything but passthrough turns a jump of time into tens of thousands of pictures.
    `-fps_mode passthrough -vf ${filters(wholeEachMs, rewritten)}`,
    // Without it the encoder threads by picture and every one is a segment late.
    '-threads:v 1',
    maxPictures === undefined ? '' : `-frames:v ${maxPictures}`,
    // Without it the tail of a picture waits in a 32 KB buffer.
    '-flush_packets 1 -c:v:0 ppm -f image2pipe pipe:1',
  ].flatMap((words) => words.split(' ').filter((word) => word !== ''))
}

function keyframesOnly(mediaType: MediaType): string {
  // VP9 and AV1 do not know -skip_frame. In MP4 -discard falsifies times, so there they are decoded whole.
  const discard = mediaType === 'video/x-matroska' ? '-discard:v nokey' : ''
  // In a full decode low_delay would give pictures out of order.
  return `-skip_frame nokey ${discard} -flags low_delay`
}

/** In fragments of our own a picture at an odd tick only pushes out the one before it. */
const SHOWN_KEY = 'key*not(mod(pts,2))'

function filters(wholeEachMs: number | undefined, ownFragments: boolean): string {
  const factor = `min(1,min(${LARGEST_WIDTH}/iw,${LARGEST_HEIGHT}/ih))`
  const even = (side: string): string => `'max(2,trunc(${side}*${factor}/2)*2)'`
  return [
    wholeEachMs === undefined ? `select='${ownFragments ? SHOWN_KEY : 'key'}'` : sample(wholeEachMs / 1000),
    `scale=w=${even('iw')}:h=${even('ih')}:flags=fast_bilinear`,
    'format=rgb24',
    tell('given'),
  ].join(',')
}

/** A clock that is rounded to milliseconds must not cost every second picture. */
const ROUNDING_SECONDS = 0.02

/**
 * Nothing before the first keyframe, since it would be half a picture. Then the first, and each that lies an interval behind the
 * one given before, or in front of it when the clock jumps back; the rest is only told. Times are compared, never made up.
 */
function sample(seconds: number): string {
  const due = `not(ld(0))+gte(t-ld(1),${seconds - ROUNDING_SECONDS})+lt(t,ld(1))`
  return [
    "select='st(0,max(ld(0),key));ld(0)'",
    `select=outputs=2:e='if(${due},st(0,1)*0+st(1,t)*0+1,2)'[given][passed];[passed]${tell('passed')},nullsink;[given]null`,
  ].join(',')
}

/** print shows only pictures that carry the tag; the colon is escaped twice. */
function tell(tag: 'given' | 'passed'): string {
  return `metadata=mode=add:key=${tag}:value=1,metadata=mode=print:key=${tag}:file=pipe\\\\:3:direct=1`
}
