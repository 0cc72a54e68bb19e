import { createHash, randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { readCodes, type Classifier, type TextReader } from '@streamkeeper/inference'
import { createLiveDecoder, type Picture, type Sandbox } from '@streamkeeper/media'
import { hashPicture } from '@streamkeeper/picture-hash'
import { detectContainer } from './detect-container.js'

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
  readonly frames: readonly ScannedFrame[]
  readonly error?: { readonly code: string; readonly message: string }
}

/** What looks at files: what the service has, by the same code. */
export interface ScanTools {
  readonly sandbox: Sandbox
  readonly classifiers: readonly Classifier[]
  readonly textReader: TextReader
}

/** As a segment of a stream may be. */
const largestFile = 16 * 1024 * 1024
/** Longer than anything of this size lasts: only times of pictures are asked for. */
const longestMs = 60_000

/** Decodes a file in the sandbox and looks at its pictures. What is refused is an answer: never rejects for the file's sake. */
export async function scanFile(file: string, tools: ScanTools): Promise<ScannedFile> {
  const read = await readSmallFile(file)
  if ('error' in read) return { file, frames: [], error: read.error }
  const { bytes } = read
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const container = bytes.length < 8 ? null : detectContainer(bytes)
  if (container === null)
    return refuse({ file, sha256 }, 'MEDIA_TYPE_UNKNOWN', 'not a transport stream, MP4 or Matroska file')
  const decoder = createLiveDecoder({ streamId: `scan-${randomUUID()}`, mediaType: container, sandbox: tools.sandbox })
  try {
    const segment = { sequence: 0, streamTimeMs: 0, durationMs: longestMs, bytes, discontinuity: false }
    const decoded = await decoder.feed(segment)
    if (decoded.outcome === 'failed')
      return refuse({ file, sha256, container }, decoded.reason.toUpperCase().replaceAll('-', '_'), decoded.detail)
    const frames: ScannedFrame[] = []
    for (const picture of decoded.pictures) {
      const frame = await scanPicture(picture, tools, sha256)
      // Nothing is clean because a part failed: all of the file is an answer of that kind then.
      if ('failure' in frame) return refuse({ file, sha256, container }, 'MODEL_FAILED', frame.failure)
      frames.push(frame)
    }
    return { file, sha256, container, frames }
  } finally {
    await decoder.close()
  }
}

function refuse(what: Omit<ScannedFile, 'frames' | 'error'>, code: string, message: string): ScannedFile {
  return { ...what, frames: [], error: { code, message } }
}

type Read = { readonly bytes: Buffer } | { readonly error: NonNullable<ScannedFile['error']> }

/** Without following a link into something else and without waiting for a pipe's writer. */
async function readSmallFile(path: string): Promise<Read> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const found = await handle.stat()
      if (!found.isFile()) return { error: { code: 'MEDIA_FILE_UNREADABLE', message: 'not a regular file' } }
      if (found.size > largestFile)
        return {
          error: { code: 'MEDIA_FILE_TOO_LARGE', message: `${found.size} bytes, at most ${largestFile} are taken` },
        }
      return { bytes: await handle.readFile() }
    } finally {
      await handle.close()
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { error: { code: 'MEDIA_FILE_UNREADABLE', message } }
  }
}

async function scanPicture(
  picture: Picture,
  tools: ScanTools,
  streamKey: string,
): Promise<ScannedFrame | { readonly failure: string }> {
  const { streamTimeMs } = picture
  const [results, codes, reading] = await Promise.all([
    Promise.all(tools.classifiers.map((one) => one.classify(picture))),
    readCodes(picture),
    tools.textReader.read(picture, { streamKey, streamTimeMs }),
  ])
  const failed = [...results, reading].find(({ outcome }) => outcome === 'failed')
  if (failed?.outcome === 'failed') return { failure: `${failed.reason}: ${failed.detail}` }
  const scored = results.flatMap((result) => (result.outcome === 'scored' ? result.labels : []))
  return {
    streamTimeMs: Math.round(streamTimeMs),
    labels: Object.fromEntries(scored.map(({ label, score }) => [label, Number(score.toFixed(4))])),
    text: reading.outcome === 'read' ? reading.lines.map(({ text }) => text) : [],
    codes: codes.map(({ text }) => text),
    hash: hashPicture(picture).hash,
  }
}
