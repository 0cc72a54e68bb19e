import { createHash } from 'node:crypto'
import sharp from 'sharp'
/** A usual value for evidence that a person looks at; not measured. */ const STILL_QUALITY = 80
/**
 * At most 12 x 12 grey values are left of the picture, and no sharpening brings back more. A portrait that fills the
 * picture can be recognised from about 16 x 16 values (Harmon, The Recognition of Faces, 1973).
 */ const PREVIEW_VALUES = 12
const PREVIEW_WIDTH = 320
const PREVIEW_QUALITY = 60
/** The picture as evidence: JPEG at full size, without metadata. */ export async function encodeStill(picture) {
  return toStill(
    await open(picture)
      .jpeg({
        quality: STILL_QUALITY,
      })
      .toBuffer(),
  )
}
/** The picture so blurred, small and grey that nothing on it can be recognised: what the page shows until asked for more. */ export async function encodePreview(
  picture,
) {
  const { width, height } = picture
  const fewer = PREVIEW_VALUES / Math.max(width, height)
  const few = await open(picture)
    .resize(sideOf(width * fewer), sideOf(height * fewer), {
      fit: 'fill',
    })
    .grayscale()
    .png()
    .toBuffer()
  const blurred = sharp(few)
    .resize(PREVIEW_WIDTH, sideOf((height * PREVIEW_WIDTH) / width), {
      fit: 'fill',
      kernel: 'cubic',
    })
    .toColourspace('b-w')
  return toStill(
    await blurred
      .jpeg({
        quality: PREVIEW_QUALITY,
      })
      .toBuffer(),
  )
}
function sideOf(pixels) {
  return Math.max(1, Math.round(pixels))
}
function open({ width, height, rgb }) {
  return sharp(rgb, {
    raw: {
      width,
      height,
      channels: 3,
    },
  })
}
function toStill(jpeg) {
  return {
    jpeg,
    sha256: createHash('sha256').update(jpeg).digest('hex'),
  }
}

//# sourceMappingURL=encode-still.js.map
