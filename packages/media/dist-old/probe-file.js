import createCommand from 'fluent-ffmpeg'
import { fileGuards, MediaFileError, messageOf, toFileInput } from './media-file.js'
/** Says what a file of the operator's own holds. Throws MediaFileError. */ export async function probeFile(path) {
  const { format, streams } = await probe(await toFileInput(path))
  const video = streams.find(({ codec_type: type }) => type === 'video')
  const audio = streams.find(({ codec_type: type }) => type === 'audio')
  return {
    container: format.format_name ?? 'unknown',
    durationMs: Math.round((Number(format.duration) || 0) * 1000),
    ...(video === undefined
      ? {}
      : {
          video: {
            codec: nameOf(video.codec_name),
            width: video.width ?? 0,
            height: video.height ?? 0,
          },
        }),
    ...(audio === undefined
      ? {}
      : {
          audio: {
            codec: nameOf(audio.codec_name),
          },
        }),
  }
}
function nameOf(codec) {
  return codec ?? 'unknown'
}
function probe(input) {
  return new Promise((done, fail) => {
    createCommand.ffprobe(input, [...fileGuards], (error, data) => {
      if (error === null || error === undefined) done(data)
      else fail(new MediaFileError('MEDIA_FILE_REFUSED', messageOf(error)))
    })
  })
}

//# sourceMappingURL=probe-file.js.map
