import { randomUUID } from 'node:crypto'
import { readCodes, type Classifier, type TextReader } from '@streamkeeper/inference'
import {
  createLiveDecoder,
  MediaFileError,
  readFileSegments,
  type MediaType,
  type Picture,
  type Sandbox,
} from '@streamkeeper/media'
import { hashPicture } from '@streamkeeper/picture-hash'
import { openMediaFile, type MediaFile } from './open-media-file.js'

/** One picture of a file, as it was seen. */
export interface ScannedFrame {
  readonly streamTimeMs: number
  /** Score by label, 0 to 1. */
  readonly labels: Readonly<Record<string, number>>
  readonly text: readonly string[]
  readonly codes: readonly string[]
  /** PDQ hash: 64 hex digits. */
  readonly hash: string
}

export interface ScannedFile {
  readonly file: string
  readonly sha256?: string
  readonly container?: string
  /** Length of its pictures in milliseconds, when all of them were looked at. */
  readonly durationMs?: number
  readonly frames: readonly ScannedFrame[]
  readonly error?: { readonly code: string; readonly message: string }
}

/** What looks at files: what the service has, by the same code. */
export interface ScanTools {
  readonly sandbox: Sandbox
  readonly classifiers: readonly Classifier[]
  readonly textReader: TextReader
}

export interface ScanOptions {
  /** Told after each segment: how far into the file its pictures were looked at. */
  readonly onProgress?: (doneMs: number) => void
}

/**
 * Cuts a file of any length into segments, decodes each in the sandbox and looks at its pictures, one segment in memory at a time. What
 * is refused is an answer: never rejects for the file's sake. `durationMs` stands there when all of it was looked at; where something
 * failed, `frames` are those before it, and `error` says where that was.
 */
export async function scanFile(file: string, tools: ScanTools, options: ScanOptions = {}): Promise<ScannedFile> {
  const opened = await openMediaFile(file).catch((error: unknown) => messageOf(error))
  if (typeof opened === 'string') return { file, frames: [], error: { code: 'MEDIA_FILE_UNREADABLE', message: opened } }
  const { sha256, container } = opened
  if (container === null) {
    const error = { code: 'MEDIA_TYPE_UNKNOWN', message: 'not a transport stream, MP4 or Matroska file' }
    return { file, sha256, frames: [], error }
  }
  const frames: ScannedFrame[] = []
  let durationMs = 0
  try {
    for await (const { found, endMs } of scanSegments({ ...opened, container }, tools)) {
      frames.push(...found)
      durationMs = endMs
      options.onProgress?.(endMs)
    }
    return { file, sha256, container, durationMs, frames }
  } catch (error) {
    const { code, message } = refusalOf(error)
    const isPlace = durationMs > 0 && code !== 'MEDIA_FILE_DAMAGED'
    const place = !isPlace ? '' : `${(durationMs / 1000).toFixed(1)} s into it: `
    // Nothing is clean because a part failed: whoever reads this sees where the looking ended.
    return { file, sha256, container, frames, error: { code, message: place + message } }
  }
}

/** Why not all of a file could be looked at. */
class ScanFailedError extends Error {
  override readonly name = 'ScanFailedError'
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

function refusalOf(error: unknown): NonNullable<ScannedFile['error']> {
  if (error instanceof ScanFailedError || error instanceof MediaFileError) {
    const { code, message } = error
    return { code, message }
  }
  throw error
}

async function* scanSegments(
  { path, size, sha256, container }: MediaFile & { readonly container: MediaType },
  tools: ScanTools,
): AsyncGenerator<{ readonly found: readonly ScannedFrame[]; readonly endMs: number }> {
  const { sandbox } = tools
  const decoder = createLiveDecoder({ streamId: `scan-${randomUUID()}`, mediaType: 'video/mp4', sandbox })
  try {
    for await (const segment of readFileSegments(path, { sandbox, mediaType: container, size })) {
      const decoded = await decoder.feed(segment)
      if (decoded.outcome === 'failed')
        throw new ScanFailedError(decoded.reason.toUpperCase().replaceAll('-', '_'), decoded.detail)
      const found: ScannedFrame[] = []
      for (const picture of decoded.pictures) found.push(await scanPicture(picture, tools, sha256))
      yield { found, endMs: segment.streamTimeMs + segment.durationMs }
    }
  } finally {
    await decoder.close()
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Throws ScanFailedError when a model cannot look. */
async function scanPicture(picture: Picture, tools: ScanTools, streamKey: string): Promise<ScannedFrame> {
  const { streamTimeMs } = picture
  const [results, codes, reading] = await Promise.all([
    Promise.all(tools.classifiers.map((one) => one.classify(picture))),
    readCodes(picture),
    tools.textReader.read(picture, { streamKey, streamTimeMs }),
  ])
  const failed = [...results, reading].find(({ outcome }) => outcome === 'failed')
  if (failed?.outcome === 'failed') throw new ScanFailedError('MODEL_FAILED', `${failed.reason}: ${failed.detail}`)
  const scored = results.flatMap((result) => (result.outcome === 'scored' ? result.labels : []))
  return {
    streamTimeMs: Math.round(streamTimeMs),
    labels: Object.fromEntries(scored.map(({ label, score }) => [label, Number(score.toFixed(4))])),
    text: reading.outcome === 'read' ? reading.lines.map(({ text }) => text) : [],
    codes: codes.map(({ text }) => text),
    hash: hashPicture(picture).hash,
  }
}
