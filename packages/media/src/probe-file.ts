import createCommand, { type FfprobeData } from 'fluent-ffmpeg'
import { fileGuards, MediaFileError, messageOf, toFileInput } from './media-file.js'

export interface FileProbe {
  /** The container as ffmpeg names it. */
  readonly container: string
  readonly durationMs: number
  readonly video?: { readonly codec: string; readonly width: number; readonly height: number }
  readonly audio?: { readonly codec: string }
}

/** Says what a file of the operator's own holds. Throws MediaFileError. */
export async function probeFile(path: string): Promise<FileProbe> {
  const { format, streams } = await probe(await toFileInput(path))
  const video = streams.find(({ codec_type: type }) => type === 'video')
  const audio = streams.find(({ codec_type: type }) => type === 'audio')
  return {
    container: format.format_name ?? 'unknown',
    durationMs: Math.round((Number(format.duration) || 0) * 1000),
    ...(video === undefined
      ? {}
      : { video: { codec: nameOf(video.codec_name), width: video.width ?? 0, height: video.height ?? 0 } }),
    ...(audio === undefined ? {} : { audio: { codec: nameOf(audio.codec_name) } }),
  }
}

function nameOf(codec: string | undefined): string {
  return codec ?? 'unknown'
}

function probe(input: string): Promise<FfprobeData> {
  return new Promise((done, fail) => {
    createCommand.ffprobe(input, [...fileGuards], (error: unknown, data) => {
      if (error === null || error === undefined) done(data)
      else fail(new MediaFileError('MEDIA_FILE_REFUSED', messageOf(error)))
    })
  })
}
