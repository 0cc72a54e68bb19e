import { openCommand, runCommand, toFileInput } from './media-file.js'
/**
 * Makes a clip of a picture that stands still (PNG or JPEG): H.264, 1280x720, 25 pictures a second, a keyframe every 2 s.
 * The picture keeps its shape, on black. The name of `out` says the container. Throws MediaFileError.
 */ export async function encodeStillClip(image, seconds, out, { audio = true } = {}) {
  const command = openCommand()
    .input(await toFileInput(image))
    .inputOptions(['-protocol_whitelist', 'file,pipe', '-f', 'image2', '-loop', '1', '-framerate', '25'])
  await encodeClip(command, {
    seconds,
    out,
    audio,
  })
}
/** Cells that live and die, drawn by ffmpeg itself: as busy as a game. */ const cells =
  'life=size=160x90:rate=8:mold=10:ratio=0.1:seed=7:death_color=#204060:life_color=#80e0a0'
/** The same clip of a moving pattern. Throws MediaFileError. */ export async function encodePatternClip(seconds, out) {
  await encodeClip(openCommand().input(cells).inputFormat('lavfi'), {
    seconds,
    out,
    audio: true,
  })
}
/** Ends the command of a clip: 1280x720, 25 pictures a second, a keyframe every 2 s, H.264 and AAC. */ export async function encodeClip(
  command,
  { seconds, out, audio },
) {
  if (audio) command.input('anullsrc=r=48000:cl=stereo').inputFormat('lavfi')
  command
    .outputOptions(['-t', String(seconds), '-map_metadata', '-1', '-c:v', 'libx264', '-preset', 'veryfast'])
    .outputOptions([
      '-vf',
      'scale=1280:720:force_original_aspect_ratio=decrease,pad=1280:720:-1:-1,format=yuv420p',
      '-r',
      '25',
    ])
    .outputOptions(['-profile:v', 'high', '-bf', '0', '-g', '50', '-sc_threshold', '0'])
    .outputOptions(audio ? ['-c:a', 'aac', '-b:a', '64k'] : ['-an'])
    .output(out)
  await runCommand(command)
}

//# sourceMappingURL=encode-still-clip.js.map
