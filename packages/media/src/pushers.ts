import type { Mp4Head } from './mp4-head.js'
import type { WrittenSample } from './write-mp4.js'

/** A keyframe, its units with their lengths in front. */
export interface PushedPicture {
  readonly bytes: Buffer
  readonly firstSlice: Buffer | undefined
  /** When it is shown: even, in units of 1/90000 s. */
  readonly ticks: number
}

/**
 * Keyframes as samples, behind each what makes the decoder give it at once. Decoding time is that of showing, since nothing stands
 * between keyframes; a demuxer would wait to see the order else.
 */
export function withPushers(
  pictures: readonly PushedPicture[],
  head: Pick<Mp4Head, 'codec' | 'lengthBytes'>,
): WrittenSample[] {
  return pictures.flatMap((picture) => {
    const { ticks } = picture
    const [shown, pusher] = withPusher(picture, head)
    return [
      { bytes: shown, dts: ticks, pts: ticks },
      { bytes: pusher, dts: ticks + 1, pts: ticks + 1 },
    ]
  })
}

/** End of the sequence: type 10 with a reference bit, since decoders that skip pictures skip what is without. */
const H264_END = Buffer.from([0x6a])
/** End of the sequence: type 36. */
const HEVC_END = Buffer.from([0x48, 0x01])
/** The head of a slice ends within these, with the entry points of 17 rows and more. */
const PUSHER_BYTES = 1024

/**
 * A decoder holds a keyframe back until it has seen as many pictures as the stream reorders. H.264: at the end of a sequence it gives
 * what it holds, a picture each time. HEVC: it gives one when the next picture begins, so the beginning of the same one is
 * put behind, at an odd tick where nobody looks at it.
 */
function withPusher(
  { bytes, firstSlice }: PushedPicture,
  { codec, lengthBytes }: Pick<Mp4Head, 'codec' | 'lengthBytes'>,
): [Buffer, Buffer] {
  if (codec === 'avc') return [bytes, toUnits([H264_END], lengthBytes)]
  const longest = Math.min(PUSHER_BYTES, 2 ** (8 * lengthBytes) - 1)
  const start = firstSlice?.subarray(0, longest)
  const end = toUnits([HEVC_END], lengthBytes)
  return [Buffer.concat([end, bytes]), toUnits([HEVC_END, ...(start === undefined ? [] : [start])], lengthBytes)]
}

function toUnits(units: readonly Buffer[], lengthBytes: number): Buffer {
  const parts = units.flatMap((unit) => {
    const length = Buffer.alloc(lengthBytes)
    length.writeUIntBE(unit.length, 0, lengthBytes)
    return [length, unit]
  })
  return Buffer.concat(parts)
}
