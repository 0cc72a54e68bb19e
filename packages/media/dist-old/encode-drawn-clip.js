import { Readable } from 'node:stream'
import sharp from 'sharp'
import { encodeClip } from './encode-still-clip.js'
import { openCommand } from './media-file.js'
const [width, height] = [1280, 720]
/** Makes a clip of drawn pictures, in the form of `encodeStillClip`: as long as they last. Throws MediaFileError. */ export async function encodeDrawnClip(
  { pictures, rate },
  out,
) {
  const all = [...pictures]
  const command = openCommand()
    .input(Readable.from(drawAll(all)))
    .inputOptions(['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-framerate', String(rate)])
  await encodeClip(command, {
    seconds: all.length / rate,
    out,
    audio: true,
  })
}
async function* drawAll(pictures) {
  let last = null
  for (const source of pictures) {
    if (last === null || !last.source.equals(source))
      last = {
        source,
        pixels: await draw(source),
      }
    yield last.pixels
  }
}
function draw(source) {
  return sharp(source)
    .resize(width, height, {
      fit: 'contain',
    })
    .flatten()
    .removeAlpha()
    .raw()
    .toBuffer()
}

//# sourceMappingURL=encode-drawn-clip.js.map
