import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import createCommand, { type FfmpegCommand } from 'fluent-ffmpeg'

export type MediaFileCode =
  | 'MEDIA_FILE_UNREADABLE'
  | 'MEDIA_FILE_NO_VIDEO'
  | 'MEDIA_FILE_REFUSED'
  | 'MEDIA_FILE_DAMAGED'

/** A file of the operator's own that cannot be used. */
export class MediaFileError extends Error {
  override readonly name = 'MediaFileError'
  readonly retriable = false
  readonly code: MediaFileCode

  constructor(code: MediaFileCode, message: string) {
    super(message)
    this.code = code
  }
}

/** Containers only: no playlist or script that names other files. */
const FORMATS = 'mov,matroska,mpegts,mpeg,flv,avi,ogg,asf'

/** What ffmpeg and ffprobe are told before they open one of our own files. */
export const fileGuards: readonly string[] = ['-protocol_whitelist', 'file,pipe', '-format_whitelist', FORMATS]

/** The file as a URL that no protocol name within it can change. Throws MediaFileError unless it is a regular, readable file. */
export async function toFileInput(path: string): Promise<string> {
  const full = resolve(path)
  // Non-blocking, since a named pipe would hang here.
  const handle = await open(full, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
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

export interface CommandProgress {
  /** Milliseconds of media made so far. */
  readonly doneMs: number
}

/** Runs a command to its end. Throws MediaFileError with the last words of ffmpeg. */
export function runCommand(command: FfmpegCommand, onProgress?: (progress: CommandProgress) => void): Promise<void> {
  return new Promise((done, fail) => {
    command
      .on('progress', ({ timemark }: { timemark?: string }) => onProgress?.({ doneMs: parseTimemark(timemark) }))
      .on('error', (error: Error) => fail(new MediaFileError('MEDIA_FILE_REFUSED', error.message)))
      .on('end', () => done())
      .run()
  })
}

export function openCommand(): FfmpegCommand {
  return createCommand({ logger: undefined })
}

function parseTimemark(timemark = ''): number {
  const [seconds = 0, minutes = 0, hours = 0] = timemark.split(':').map(Number).reverse()
  const total = ((hours * 60 + minutes) * 60 + seconds) * 1000
  return Number.isFinite(total) ? Math.round(total) : 0
}

export function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error)
}
