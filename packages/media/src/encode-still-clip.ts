import type { FfmpegCommand } from 'fluent-ffmpeg'
import { openCommand, runCommand, toFileInput } from './media-file.js'

export interface StillClipOptions {
  /** A silent sound track; default true, as a stream of a platform has one. */
  readonly audio?: boolean
}

/**
 * Makes a clip of a picture that stands still (PNG or JPEG): H.264, 1280x720, 25 pictures a second, a keyframe every 2 s.
 * The picture keeps its shape, on black. The name of `out` says the container. Throws MediaFileError.
 */
export async function encodeStillClip(
  image: string,
  seconds: number,
  out: string,
  { audio = true }: StillClipOptions = {},
): Promise<void> {
  const command = openCommand()
    .input(await toFileInput(image))
    .inputOptions(['-protocol_whitelist', 'file,pipe', '-f', 'image2', '-loop', '1', '-framerate', '25'])
  await encodeClip(command, { seconds, out, audio })
}

/** Harmless moving pictures that ffmpeg draws by itself. */
const patterns = {
  /** Cells that live and die: busy, like a game. */
  cells: 'life=size=320x180:rate=25:mold=10:ratio=0.1:seed=7:death_color=#204060:life_color=#80e0a0',
  /** Colours that drift: as calm as a talking head. */
  drift: 'gradients=size=1280x720:rate=25:speed=0.01:seed=7:nb_colors=4',
  /** Figures that move and count: detail everywhere. */
  figures: 'testsrc2=size=1280x720:rate=25',
} as const
export type Pattern = keyof typeof patterns

/** The same clip of a pattern. Throws MediaFileError. */
export async function encodePatternClip(pattern: Pattern, seconds: number, out: string): Promise<void> {
  await encodeClip(openCommand().input(patterns[pattern]).inputFormat('lavfi'), { seconds, out, audio: true })
}

async function encodeClip(
  command: FfmpegCommand,
  { seconds, out, audio }: { readonly seconds: number; readonly out: string; readonly audio: boolean },
): Promise<void> {
  if (audio) command.input('anullsrc=r=48000:cl=stereo').inputFormat('lavfi')
  command
    .outputOptions(['-t', String(seconds), '-map_metadata', '-1', '-c:v', 'libx264', '-preset', 'veryfast'])
    .outputOptions(['-vf', 'scale=1280:720:force_original_aspect_ratio=decrease,pad=1280:720:-1:-1,format=yuv420p'])
    .outputOptions(['-profile:v', 'high', '-bf', '0', '-g', '50', '-sc_threshold', '0'])
    .outputOptions(audio ? ['-c:a', 'aac', '-b:a', '64k'] : ['-an'])
    .output(out)
  await runCommand(command)
}
