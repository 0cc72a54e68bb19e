import sharp from 'sharp'
import { MediaFileError } from './media-file.js'
/** As the decoder's: nobody needs to keep larger ones out of a stream. */ const mostPixels = 50_000_000
const longestSide = 1_280
/** A picture of the operator's own (PNG, JPEG, WebP, …), at most 1280 pixels a side. Throws MediaFileError when it is none. */ export async function readPictureFile(
  path,
) {
  try {
    const { data, info } = await sharp(path, {
      limitInputPixels: mostPixels,
    })
      .rotate()
      .resize(longestSide, longestSide, {
        fit: 'inside',
        withoutEnlargement: true,
      })
      .flatten({
        background: '#fff',
      })
      .toColourspace('srgb')
      .removeAlpha()
      .raw()
      .toBuffer({
        resolveWithObject: true,
      })
    if (info.channels !== 3) throw new Error(`${info.channels} channels instead of 3`)
    return {
      width: info.width,
      height: info.height,
      rgb: data,
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new MediaFileError('MEDIA_FILE_REFUSED', `${path}: not a picture that can be read (${why})`)
  }
}

//# sourceMappingURL=read-picture-file.js.map
