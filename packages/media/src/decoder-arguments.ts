import type { MediaType } from './segment.js'

/** Pictures leave the decoder at most this large; smaller ones stay as they are. */
export const LARGEST_WIDTH = 1280
export const LARGEST_HEIGHT = 720

/** 4096x2160: a picture of 16000x16000 is refused at 52 MB of memory. */
const MAX_PIXELS = 8_847_360

const DEMUXERS: Readonly<Record<MediaType, string>> = {
  'video/mp2t': 'mpegts',
  'video/mp4': 'mov',
  'video/x-matroska': 'matroska',
}

export interface DecoderArgumentsOptions {
  readonly mediaType: MediaType
  /** Stops after this many pictures; only for a process that runs one segment. */
  readonly maxPictures?: number
}

/**
 * The words of a decoder: media on stdin, pictures as PPM on stdout (the size stands in front of each, so that it may change),
 * the PTS of each as text on file descriptor 3.
 */
export function decoderArguments(options: DecoderArgumentsOptions): string[] {
  const { mediaType, maxPictures } = options
  const demuxer = DEMUXERS[mediaType]
  return [
    '-v error -nostdin',
    '-skip_frame nokey',
    // VP9 and AV1 do not know the line above. In MP4 this one falsifies times, so there they are decoded whole.
    mediaType === 'video/x-matroska' ? '-discard:v nokey' : '',
    '-threads 1 -flags low_delay',
    // Small, but not 0: with 0, and with -fflags nobuffer, the first keyframes are lost.
    '-analyzeduration 500000 -probesize 200000',
    // A transport stream keeps its own clock, which is read from its packets; the others are counted from their start.
    mediaType === 'video/mp2t' ? '-copyts' : '',
    `-protocol_whitelist pipe -format_whitelist ${demuxer} -max_pixels ${MAX_PIXELS}`,
    `-f ${demuxer} -i pipe:0 -map 0:v:0 -an -sn -dn -map_metadata -1`,
    // Anything but passthrough turns a jump of time into tens of thousands of pictures.
    `-fps_mode passthrough -vf ${filters()}`,
    // Without it the encoder threads by picture and every one is a segment late.
    '-threads:v 1',
    maxPictures === undefined ? '' : `-frames:v ${maxPictures}`,
    // Without it the tail of a picture waits in a 32 KB buffer.
    '-flush_packets 1 -c:v ppm -f image2pipe pipe:1',
  ].flatMap((words) => words.split(' ').filter((word) => word !== ''))
}

function filters(): string {
  const factor = `min(1,min(${LARGEST_WIDTH}/iw,${LARGEST_HEIGHT}/ih))`
  const even = (side: string): string => `'max(2,trunc(${side}*${factor}/2)*2)'`
  return [
    "select='key'",
    `scale=w=${even('iw')}:h=${even('ih')}:flags=fast_bilinear`,
    'format=rgb24',
    // print shows only pictures that carry a tag; the colon is escaped twice.
    'metadata=mode=add:key=k:value=1',
    'metadata=mode=print:file=pipe\\\\:3:direct=1',
  ].join(',')
}
