import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import createCommand from 'fluent-ffmpeg'
/** A file of the operator's own that cannot be used. */ export class MediaFileError extends Error {
  name = 'MediaFileError'
  retriable = false
  code
  constructor(code, message) {
    super(message)
    this.code = code
  }
}
/** Containers only: no playlist or script that names other files. */ const FORMATS =
  'mov,matroska,mpegts,mpeg,flv,avi,ogg,asf'
/** What ffmpeg and ffprobe are told before they open one of our own files. */ export const fileGuards = [
  '-protocol_whitelist',
  'file,pipe',
  '-format_whitelist',
  FORMATS,
]
/** The file as a URL that no protocol name within it can change. Throws MediaFileError unless it is a regular, readable file. */ export async function toFileInput(
  path,
) {
  const full = resolve(path)
  // Non-blocking, since a named pipe would hang here.
  const handle = await open(full, constants.O_RDONLY | constants.O_NONBLOCK).catch((error) => {
    throw new MediaFileError('MEDIA_FILE_UNREADABLE', `${path}: ${messageOf(error)}`)
  })
  try {
    const regular = (await handle.stat()).isFile()
    if (!regular) throw new MediaFileError('MEDIA_FILE_UNREADABLE', `${path}: not a regular file`)
  } finally {
    await handle.close()
  }
  return `file:${full}`
}
/** Runs a command to its end. Throws MediaFileError with the last words of ffmpeg. */ export function runCommand(
  command,
  onProgress,
) {
  return new Promise((done, fail) => {
    command
      .on('progress', ({ timemark }) =>
        onProgress?.({
          doneMs: parseTimemark(timemark),
        }),
      )
      .on('error', (error) => fail(new MediaFileError('MEDIA_FILE_REFUSED', error.message)))
      .on('end', () => done())
      .run()
  })
}
export function openCommand() {
  return createCommand({
    logger: undefined,
  })
}
function parseTimemark(timemark = '') {
  const [seconds = 0, minutes = 0, hours = 0] = timemark.split(':').map(Number).reverse()
  const total = ((hours * 60 + minutes) * 60 + seconds) * 1000
  return Number.isFinite(total) ? Math.round(total) : 0
}
export function messageOf(error) {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error)
}

//# sourceMappingURL=media-file.js.map
